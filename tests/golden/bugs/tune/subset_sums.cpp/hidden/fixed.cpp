// Sums of subsets. As a program it checks itself.
#include <cassert>
#include <cstddef>
#include <vector>

// The number of ways to choose some of values[from...] with the sum `target`; choosing nothing has
// the sum 0. Values may be negative, and equal values at different places are different choices.
int subsets(const std::vector<int>& values, std::size_t from, int target) {
  if (from == values.size()) return target == 0 ? 1 : 0;
  return subsets(values, from + 1, target) + subsets(values, from + 1, target - values[from]);
}

int main() {
  assert(subsets({1, 2, 3}, 0, 3) == 2);
  assert(subsets({}, 0, 0) == 1);
  assert(subsets({5}, 0, 4) == 0);
}
