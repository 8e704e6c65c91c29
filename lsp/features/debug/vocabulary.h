// The numbers and words that a program and its tests name: there, and next to it, the program may
// well do something else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/syntax/nodes.h"

namespace lsp::features::debug {

struct Vocabulary {
  std::vector<long> numbers;          // whole ones
  std::vector<std::string> decimals;  // others, as they are written
  std::vector<std::string> words;     // strings without their quotes, and keys
  std::vector<std::string> letters;   // characters of the program's words
};

// What `text` names is known of it from now on; nothing is known twice.
void learn_program(Vocabulary& vocabulary, const syntax::Nodes& program);
void learn_tests(Vocabulary& vocabulary, const syntax::Nodes& tests);

// A string of one line between plain quotes, by characters; an escape is one. Both kinds of quotes
// may stand around these, since none is among them.
struct Literal {
  char quote;
  std::vector<std::string> characters;
};
std::optional<Literal> literal_in(std::string_view text);

}  // namespace lsp::features::debug
