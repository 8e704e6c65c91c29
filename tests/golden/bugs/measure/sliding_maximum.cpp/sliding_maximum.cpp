// Figures about windows of a series.
#include <cstddef>
#include <vector>

// The greatest value of each window of `width` (at least 1) values side by side, from left to
// right; none if there are fewer values than that.
std::vector<int> sliding_maximum(const std::vector<int>& values, std::size_t width) {
  std::vector<int> result;
  for (std::size_t begin = 0; begin + width <= values.size(); ++begin) {
    int greatest = values[begin];
    for (std::size_t i = begin; i < begin + width; ++i) {
      if (values[i] > greatest) greatest = values[i];
    }
    result.push_back(greatest);
  }
  return result;
}

// Whether the values never fall.
bool ascending(const std::vector<int>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i + 1] < values[i]) return false;
  }
  return true;
}
