// A function that is defined before the question about it.
#pragma once

#include <vector>

#include "engine/base/result.h"
#include "lsp/features/solve/tokens.h"

namespace lsp::features::solve {

// "let f(x) = x^2, find f'(3)" becomes the question with the body in place of f. Anything else
// stays as it is; so does an equation whose body has f itself. An error where what is asked of the
// function may be one or the other: f^2(3).
engine::base::Status put_in_definition(std::vector<Token>& tokens);

// The "where" of "det A where A = …".
bool introduces(const Token& token);
// "QUESTION where VALUES" as "VALUES, QUESTION"; the introducing word is the one at index `middle`.
void put_values_first(std::vector<Token>& tokens, size_t middle);

}  // namespace lsp::features::solve
