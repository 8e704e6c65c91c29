#define main program_main
#include "stack_machine.cpp"
#undef main

#include <cassert>

bool throws(const std::string& text) {
  try {
    evaluate(text);
  } catch (const std::invalid_argument&) {
    return true;
  }
  return false;
}

int main() {
  assert(evaluate("7") == 7);
  assert(evaluate("-5") == -5);
  assert(evaluate("10 3 -") == 7);
  assert(evaluate("3 10 -") == -7);
  assert(evaluate("1 2 3 * +") == 7);
  assert(evaluate("2 3 + 4 5 + *") == 45);
  for (const char* text : {"", "+", "1 +", "1 2", "1 2 + +", "x"}) assert(throws(text));
}
