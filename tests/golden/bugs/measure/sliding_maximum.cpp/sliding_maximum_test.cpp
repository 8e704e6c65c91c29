#include "sliding_maximum.cpp"

#include <cassert>

int main() {
  // Windows.
  assert((sliding_maximum({1, 3, 2, 5}, 2) == std::vector<int>{3, 3, 5}));
  assert(sliding_maximum({1, 2}, 3).empty());
  // A fall.
  assert(!ascending({1, 3, 2}));
  // No fall.
  assert(ascending({1, 2, 2, 7}));
}
