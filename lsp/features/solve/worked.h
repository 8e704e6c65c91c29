// How an answer and the way to it are written below a formula in a document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/solve/formula.h"
#include "lsp/features/solve/solve.h"

namespace lsp::features::solve {

// As what an answer is written: as SymPy does; between dollars, where that is a formula, as
// Markdown and LaTeX have it; and as LaTeX within a formula of theirs.
enum class Manner { plain, dollars, formula };
// Of the last two, the one for a place in a text: whether $$, \\[ or an environment is open there.
Manner manner_at(std::string_view text, size_t at);

// The answer as the line before it writes formulas: between dollars in LaTeX, where decimals were
// typed in decimals. Says how the formula was read where that was doubtful, and so where it is not
// wholly checked. Begins with a space where one is due.
std::string written_answer(const Solution& found, std::string_view before, std::string_view formula,
                           Manner manner = Manner::plain);

// What begins a comment as that of the line does: "#", "<!--". Of a comment that the line begins
// and does not end, what lines within it begin with: "*" in one of "/*", "" in one of "<!--".
std::string sign_of_line(std::string_view line);

struct Insertion {
  size_t at;  // bytes
  std::string text;
};
// Behind a formula that ends in an equals sign the answer; below its line the steps and what was
// checked, as lines that begin with `sign` (and end as it has to: "<!--" with "-->"), or plain ones
// where that is empty (Markdown).
std::vector<Insertion> worked_insertions(std::string_view text, const Standing& formula,
                                         const Solution& found, std::string_view sign,
                                         Manner manner = Manner::plain);

// "product rule: x**2*cos(x) + 2*x*sin(x)"
std::string step_line(const Step& step, text::Tongue tongue);

}  // namespace lsp::features::solve
