// I and E where they stand for a current and an energy.
#pragma once

#include <string>
#include <vector>

#include "lsp/features/solve/expression.h"

namespace lsp::features::solve {

// In an equation between names as physics has them (U = R I, E = m c^2), I and E are names as well:
// they become I_ and E_ in the tree, and a note says so. Before e and i become constants.
void name_letters(Expression& task, std::vector<std::string>& notes);

// Whether e is a name between d and f, as in a x + b y = c, d x + e y = f; and notes it.
bool names_e(const Expression& task, std::vector<std::string>& notes);
// I and E for I_ and E_ in what people are shown, unless it has the constant of that letter, too.
std::string with_letters(std::string text);

}  // namespace lsp::features::solve
