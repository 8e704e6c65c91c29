#include "sliding_maximum.cpp"

#include <algorithm>
#include <cassert>

int main() {
  for (int length = 0; length < 6; ++length) {
    for (int code = 0; code < 243; ++code) {
      std::vector<int> values;
      for (int i = 0, rest = code; i < length; ++i, rest /= 3) values.push_back(rest % 3 - 1);
      assert(ascending(values) == std::is_sorted(values.begin(), values.end()));
      for (std::size_t width = 1; width < 7; ++width) {
        const auto found = sliding_maximum(values, width);
        const std::size_t count = values.size() < width ? 0 : values.size() - width + 1;
        assert(found.size() == count);
        for (std::size_t i = 0; i < count; ++i) {
          const auto begin = values.begin() + static_cast<std::ptrdiff_t>(i);
          assert(found[i] == *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(width)));
        }
      }
    }
  }
  assert(ascending({1000000000, 2000000000}));
}
