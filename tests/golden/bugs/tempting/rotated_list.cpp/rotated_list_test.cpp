#include "rotated_list.cpp"

#include <cassert>

void nothing_to_rotate() {
  assert(rotated({}, 3).empty());
  assert(text(rotated({7}, 5)) == "7");
}

void the_last_comes_first() { assert(text(rotated({1, 2, 3, 4}, 1)) == "4 1 2 3"); }

void a_reversed_part() { assert(text(reversed({1, 2, 3, 4, 5}, 1, 4)) == "1 4 3 2 5"); }

int main() {
  nothing_to_rotate();
  the_last_comes_first();
  a_reversed_part();
}
