#include "longest_streak.cpp"

#include <cassert>

int main() {
  for (int length = 1; length < 6; ++length) {
    for (int code = 0; code < 1024; ++code) {
      std::vector<int> values;
      for (int i = 0, rest = code; i < length; ++i, rest /= 4) values.push_back(rest % 4 - 2);
      int best = values[0], longest = 1;
      for (std::size_t i = 0; i < values.size(); ++i) {
        int sum = 0, run = 0;
        bool rising = true;
        for (std::size_t j = i; j < values.size(); ++j) {
          sum += values[j];
          if (sum > best) best = sum;
          rising = rising && (j == i || values[j] > values[j - 1]);
          if (rising && ++run > longest) longest = run;
        }
      }
      assert(best_sum(values) == best);
      assert(longest_rise(values) == longest);
    }
  }
  assert(best_sum({-2000000000}) == -2000000000);
}
