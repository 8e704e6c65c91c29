// Sentences around a formula, put into the words and signs that the parser reads.
#pragma once

#include <vector>

#include "lsp/features/solve/tokens.h"

namespace lsp::features::solve {

// "discount of 30% on 89.90" becomes 89.90 * 30 / 100, "two plus two" 2 + 2, "a mile" behind "how
// many feet in" 1 mile. What no pattern fits as a whole stays as it is. Whether one did.
bool put_in_phrasing(std::vector<Token>& tokens);

// The tables of phrasing_table.cpp. A pattern fits all of a sentence:
//   word      that word, in small or capital letters; "a|b" one of several; "word?" may be left out
//   %         the sign or a word for it
//   $A        any tokens with balanced brackets; #A one number; @A the name of one letter;
//             &A a quantity or a unit; *A a formula with a name of one letter
// Articles may stand before anything. What comes of it names these again: in brackets where it is
// more than one token, as it is where ~A stands for $A; _( stands directly behind what is before
// it.
struct Phrasing {
  const char* pattern;
  const char* meaning;
};
std::vector<Phrasing> all_phrasings();
std::vector<Phrasing> more_phrasings();  // those of all that stand in phrasing_shapes.cpp

}  // namespace lsp::features::solve
