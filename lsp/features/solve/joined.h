// What several tokens of a formula mean together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lsp/features/solve/expression.h"
#include "lsp/features/solve/tokens.h"

namespace lsp::features::solve {

// Makes one token of those that are one thing: 1,234,567 (which is noted), 25 °C, 5 in, Python's
// 2j (which becomes brackets around a product).
void join_tokens(std::vector<Token>& tokens, Notation notation, std::vector<std::string>& notes);

// Of an equation with derivatives: y' = y, dy/dt = 2 y, dsolve(f(x).diff(x) - f(x), f(x)).
struct UnknownFunction {
  std::string name;
  std::string variable;
};
std::optional<UnknownFunction> unknown_function_in(const std::vector<Token>& tokens);

// 1 + 2 + 3 + … + 100: the sum of the progression that the terms begin and `last` ends; nothing
// where the terms have no constant difference or ratio, or never come to the last one.
std::optional<Expression> sum_of_progression(const std::vector<Expression>& terms,
                                             const Expression& last);

}  // namespace lsp::features::solve
