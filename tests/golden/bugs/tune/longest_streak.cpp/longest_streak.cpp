// Runs in series of numbers.
#include <vector>

// Length of the longest run of values that rise from each to the next; 0 for no values.
int longest_rise(const std::vector<int>& values) {
  if (values.empty()) return 0;
  int longest = 1;
  int current = 1;
  for (std::size_t i = 1; i < values.size(); ++i) {
    current = values[i] > values[i - 1] ? current + 1 : 1;
    if (current > longest) longest = current;
  }
  return longest;
}

// Greatest sum of values side by side, at least one of them; 0 for no values.
int best_sum(const std::vector<int>& values) {
  if (values.empty()) return 0;
  int best = 0;
  int current = 0;
  for (int value : values) {
    current = current > 0 ? current + value : value;
    if (current > best) best = current;
  }
  return best;
}
