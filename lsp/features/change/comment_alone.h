// Asked to document code, many models reply with the comment alone. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lsp/features/change/part.h"
#include "lsp/syntax/language.h"

namespace lsp::features::change {

// `text` with the comment that the reply is: before the part, in Python as the docstring of the
// first function or class that begins in it, and in place of one that stands there. Nothing for a
// reply that is anything else, and where there is no such place.
std::optional<std::string> with_comment(std::string_view reply, std::string_view text,
                                        const Part& part, std::optional<syntax::Language> language);

}  // namespace lsp::features::change
