#include "second_largest.cpp"

#include <cassert>
#include <set>

int main() {
  for (int code = 0; code < 625; ++code) {
    std::vector<int> values;
    for (int i = 0, rest = code; i < 4; ++i, rest /= 5) values.push_back(rest % 5 - 3);
    const std::set<int> different(values.begin(), values.end());
    if (different.size() < 2) continue;
    assert(second_largest(values) == *std::next(different.rbegin()));
  }
  assert(second_largest({7, 5, 7}) == 5);
  assert(second_largest({7, 7, 7, 1}) == 1);
}
