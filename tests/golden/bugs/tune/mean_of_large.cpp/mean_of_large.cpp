// Figures about lists of int, of any values.
#include <cstdint>
#include <vector>

// Arithmetic mean, rounded towards zero; 0 for an empty list.
int mean(const std::vector<int>& values) {
  if (values.empty()) return 0;
  int sum = 0;
  for (int value : values) sum += value;
  return static_cast<int>(sum / static_cast<std::int64_t>(values.size()));
}

// Difference of the greatest and the least value; 0 for an empty list.
std::int64_t span(const std::vector<int>& values) {
  if (values.empty()) return 0;
  std::int64_t least = values[0], greatest = values[0];
  for (int value : values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return greatest - least;
}
