// Finds formulas where people write them: in comments, in Markdown.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lsp::features::solve {

// The line without what marks it as a comment, a list's item or a formula of Markdown.
std::string formula_of_line(std::string_view line);

// Whether a line is a comment, or all of it text.
enum class Prose { comment, all };

// The formula that a line asks for by ending in "=" or "=>" at the cursor; nothing where it asks
// for none, or where what stands there is no formula with something to work out. A question in
// words is none, nor is an equation, which would be solved: "# a = b =" says something else.
std::optional<std::string> asked_formula(std::string_view line_before_cursor, Prose prose);

}  // namespace lsp::features::solve
