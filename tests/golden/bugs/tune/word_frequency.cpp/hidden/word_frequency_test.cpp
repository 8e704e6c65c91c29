#define main program_main
#include "word_frequency.cpp"
#undef main

#include <cassert>

int main() {
  assert((words("Don't stop2go") == std::vector<std::string>{"don", "t", "stop", "go"}));
  assert(words("").empty() && frequencies(" 1, 2 ").empty());
  const auto found = frequencies("b a B c A b z");
  assert(found.size() == 4);
  assert(found[0] == std::make_pair(std::string("b"), 3));
  assert(found[1] == std::make_pair(std::string("a"), 2));
  assert(found[2].first == "c" && found[3].first == "z");
}
