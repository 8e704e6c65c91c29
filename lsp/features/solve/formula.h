// Finds formulas where people write them: in comments, in Markdown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lsp::features::solve {

// The line without what marks it as a comment, a list's item or a formula of Markdown.
std::string formula_of_line(std::string_view line);

// Where text stands: in comments; in those and in Python's strings of three quotes; everywhere.
enum class Prose { comment, docstring, all };

// What that is for the lines of a text, `all` or `comment`. Reads the text once, however many lines
// are asked about: in ascending order.
class ProseOfLines {
 public:
  ProseOfLines(std::string_view text, Prose prose) : text_(text), prose_(prose) {}
  Prose at(size_t line_begin);

 private:
  std::string_view text_;
  Prose prose_;
  size_t read_ = 0;
  std::string_view quotes_;  // those that are open at `read_`
};
// For one line.
Prose prose_at(std::string_view text, size_t line_begin, Prose prose);

// What follows a line's comment sign; nothing where the line has none.
std::optional<std::string_view> comment_in(std::string_view line);

// The formula that a line asks for by ending in "=" or "=>" at the cursor; nothing where it asks
// for none, or where what stands there is no formula with something to work out. A question in
// words is none, nor is an equation, which would be solved: "# a = b =" says something else.
std::optional<std::string> asked_formula(std::string_view line_before_cursor, Prose prose);

// A formula that stands in a text.
struct Standing {
  std::string formula;
  size_t begin;  // bytes in the text; with the signs around it
  size_t end;
};

// Those that ask for an answer: by an equals sign behind them, or between dollars, where there is
// something to do (a sum of symbols is a formula, and no question). Code in fences asks for
// nothing.
std::vector<Standing> asked_formulas(std::string_view text, Prose prose);

// The formula that is selected, anywhere; around an empty selection, one between dollars or the one
// that its line asks for. What cannot be read is none.
std::optional<Standing> formula_in(std::string_view text, size_t begin, size_t end, Prose prose);

}  // namespace lsp::features::solve
