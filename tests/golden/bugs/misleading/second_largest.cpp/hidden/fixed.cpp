// The largest values of lists.
#include <algorithm>
#include <limits>
#include <vector>

// The second largest of the different values, such as 5 of {7, 5, 7}. There are at least two
// different values; they may be negative.
int second_largest(const std::vector<int>& values) {
  int largest = std::numeric_limits<int>::min();
  int second = std::numeric_limits<int>::min();
  for (int value : values) {
    if (value > largest) {
      second = largest;
      largest = value;
    } else if (value < largest && value > second) {
      second = value;
    }
  }
  return second;
}
