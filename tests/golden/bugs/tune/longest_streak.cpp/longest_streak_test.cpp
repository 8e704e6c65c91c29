#include "longest_streak.cpp"

#include <cassert>

int main() {
  // Rises.
  assert(longest_rise({1, 2, 3, 1, 2}) == 3);
  assert(longest_rise({}) == 0);
  // Sums.
  assert(best_sum({2, -5, 3, 4}) == 7);
  assert(best_sum({}) == 0);
  // Sums of negative values.
  assert(best_sum({-3, -1, -2}) == -1);
}
