#include "prefix_sums.cpp"

#include <cassert>

int main() {
  const std::vector<int> values{5, 0, -2, 7, 7, -9, 1};
  const PrefixSums sums(values);
  for (std::size_t first = 0; first < values.size(); ++first) {
    for (std::size_t last = 0; last < values.size(); ++last) {
      long expected = 0;
      for (std::size_t i = first; i <= last && i < values.size(); ++i) expected += values[i];
      assert(sums.sum(first, last) == expected);
    }
  }
  for (long target = -12; target < 20; ++target) {
    int expected = 0;
    for (std::size_t first = 0; first < values.size(); ++first) {
      for (std::size_t last = first; last < values.size(); ++last) {
        expected += sums.sum(first, last) == target;
      }
    }
    assert(sums.count(target) == expected);
  }
  assert(PrefixSums({}).count(0) == 0);
  assert(PrefixSums({0, 0}).count(0) == 3);
}
