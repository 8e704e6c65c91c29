#include "fraction_sum.cpp"

#include <cassert>

int main() {
  // Lowest terms.
  assert(make(6, -8) == make(-3, 4));
  assert(make(0, 5).denominator == 1);
  // Sums and products.
  assert(make(1, 2) + make(1, 3) == make(5, 6));
  assert(make(2, 3) * make(3, 4) == make(1, 2));
  assert(make(1, 2) / make(1, 4) == make(2, 1));
  // Order.
  assert(make(1, 3) < make(1, 2));
  // Differences.
  assert(make(1, 2) - make(1, 3) == make(1, 6));
  assert(make(3, 4) - make(3, 4) == make(0, 1));
}
