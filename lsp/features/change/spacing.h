// The blank lines around something new. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lsp/features/change/part.h"
#include "lsp/syntax/language.h"

namespace lsp::features::change {

struct Spacing {
  size_t before = 0, behind = 0;  // lines
};

// How many blank lines are missing between definitions that are written into the blank lines of
// `part` and what stands around them, in the language's style: two in Python outside of all
// definitions, else one. None beside a bracket or a line that the definitions are inside of.
// `placed` is what is written. What is no definition needs none.
Spacing missing_blanks(std::string_view text, const Part& part, const std::string& placed,
                       std::optional<syntax::Language> language);

}  // namespace lsp::features::change
