// What a model has written in place of a part of a text. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lsp/features/change/part.h"
#include "lsp/syntax/language.h"

namespace lsp::features::change {

// The whole text with what a reply's code says in place of the part, in the part's indentation and
// with the text's line endings. A reply that repeats all that stands before the part is taken for
// the whole text. Nothing where there is no code in it: a reply without a block of code counts as
// code where it can be read as such and repeats a line of the part.
std::optional<std::string> text_with(const std::string& reply, std::string_view text,
                                     const Part& part, std::optional<syntax::Language> language);

}  // namespace lsp::features::change
