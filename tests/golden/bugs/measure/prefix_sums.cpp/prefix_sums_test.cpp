#include "prefix_sums.cpp"

#include <cassert>

int main() {
  const PrefixSums sums({3, -1, 4, 1});
  // Ranges with a given sum.
  assert(sums.count(3) == 2);
  assert(sums.count(100) == 0);
  // Nothing.
  assert(sums.sum(2, 1) == 0);
  // One value.
  assert(sums.sum(2, 2) == 4);
  // All values.
  assert(sums.sum(0, 3) == 7);
}
