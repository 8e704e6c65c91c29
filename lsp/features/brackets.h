// Brackets that a suggestion closes though nothing opened them, and quotes that it closes twice.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lsp/syntax/language.h"

namespace lsp::features {

// How much of `text` may be inserted between `before` and the rest of the cursor's line: it ends
// before the first bracket that would close one which `before` has not left open, or which the rest
// of the line closes already. `before` is what stands around the cursor from an outermost line on.
// Brackets in strings and comments do not count. Where a bracket need not have a partner (shell,
// Markdown), it only is not doubled.
size_t balanced_length(std::string_view before, std::string_view text,
                       std::string_view rest_of_line, std::optional<syntax::Language> language);

// The quote of the string that the end of `line`, the beginning of a line, is in; 0 where it is in
// none that began there.
char open_quote(std::string_view line, std::optional<syntax::Language> language);

}  // namespace lsp::features
