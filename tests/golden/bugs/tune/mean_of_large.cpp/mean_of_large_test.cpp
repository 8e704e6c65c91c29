#include "mean_of_large.cpp"

#include <cassert>

int main() {
  // An empty list.
  assert(mean({}) == 0 && span({}) == 0);
  // Small values.
  assert(mean({1, 2, 6}) == 3);
  assert(mean({-1, -2}) == -1);
  // Span.
  assert(span({-2000000000, 2000000000}) == 4000000000LL);
  // Large values.
  assert(mean({2000000000, 2000000000}) == 2000000000);
}
