#include "second_largest.cpp"

#include <cassert>

int main() {
  // Ascending.
  assert(second_largest({1, 2, 3}) == 2);
  // The largest comes first.
  assert(second_largest({9, 4, 7}) == 7);
  // Negative values.
  assert(second_largest({-5, -9}) == -9);
}
