// Names that statements before the question give a formula, a list, a matrix or a function.
#pragma once

#include <vector>

#include "lsp/features/solve/tokens.h"

namespace lsp::features::solve {

// "A = [[1,2],[3,4]], det A" becomes the question with the matrix in place of its name, as does
// "f(x, y) = x^2 y, f(2, 3)". Equations stay where the question is one, or has none of the names;
// so do plain numbers, which the parser puts in.
void put_in_assignments(std::vector<Token>& tokens);

}  // namespace lsp::features::solve
