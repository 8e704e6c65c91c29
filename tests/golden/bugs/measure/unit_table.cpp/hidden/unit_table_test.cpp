#define main program_main
#include "unit_table.cpp"
#undef main

#include <cassert>

int main() {
  assert(line(4) == "     4    16 2.000");
  assert(line(2) == "     2     4 1.414");
  assert(line(300) == "   300 9000017.321");
  assert(table(0, 1) == "     0     0 0.000\n     1     1 1.000\n");
  assert(table(3, 2).empty());
}
