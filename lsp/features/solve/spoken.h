// Words for numbers and units, as they are spoken.
#pragma once

#include <vector>

#include "lsp/features/solve/tokens.h"

namespace lsp::features::solve {

// "twenty-five" becomes 25, "three hundred" 300. Ordinals and fractions stay.
void spell_numbers(std::vector<Token>& tokens);

// "5 square meters" becomes 5 m^2, "5 m2" too, "nautical miles" one word, "a mile" behind "in" or
// at the end 1 mile.
void name_units(std::vector<Token>& tokens);

// [1 2; 3 4] and "mean of 3 5 7" get the commas that they lack.
void put_in_commas(std::vector<Token>& tokens);

// Without the names of currencies: nothing is converted from one into another.
void leave_out_currencies(std::vector<Token>& tokens);

}  // namespace lsp::features::solve
