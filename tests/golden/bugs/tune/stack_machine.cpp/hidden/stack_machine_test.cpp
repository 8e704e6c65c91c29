#define main program_main
#include "stack_machine.cpp"
#undef main

int main() {
  const struct {
    const char* text;
    long value;
  } cases[] = {{"8 2 /", 4},
               {"-9 2 /", -4},
               {"9 3 %", 0},
               {"1 2 3 + -", -4},
               {"100 7 / 7 * 2 +", 100},
               {"5 dup /", 1},
               {"2 10 swap / 3 *", 15},
               {"6 4 % 2 /", 1}};
  for (const auto& each : cases) {
    Machine machine;
    assert(machine.line(each.text) == each.value);
    assert(machine.depth() == 0);
  }
  for (const char* text : {"", "+", "1 0 /", "1 0 %", "1 two +", "3x", "swap", "1 swap", "dup"}) {
    Machine machine;
    try {
      machine.line(text);
      assert(false);
    } catch (const std::runtime_error&) {
    }
  }
}
