// What is written around and inside of a formula otherwise than with the parser's signs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/solve/tokens.h"

namespace lsp::features::solve {

// Raised and lowered signs and fractions as one sign, in ASCII: x⁴ is x^{4}, ∫₀¹ ∫_{0}^{1}, ½ 1/2.
std::string in_plain_signs(std::string_view text);

// Python without what only prepares: imports, names made symbols, print(…) around the question.
std::string without_preparation(std::string_view text);

// LaTeX's ways to write a number: 3{,}5, 0.\overline{3}, 30^{\circ}, and
// {n \choose k}.
void join_latex(std::vector<Token>& tokens);

}  // namespace lsp::features::solve
