// Sums over ranges of a list, each in constant time.
#include <cstddef>
#include <vector>

class PrefixSums {
 public:
  explicit PrefixSums(const std::vector<int>& values) : sums_(values.size() + 1, 0) {
    for (std::size_t i = 0; i < values.size(); ++i) sums_[i + 1] = sums_[i] + values[i];
  }

  // Sum of the values first..last, both included, counted from 0; 0 if last < first. Both must be
  // below the number of values.
  long sum(std::size_t first, std::size_t last) const {
    return last < first ? 0 : sums_[last + 1] - sums_[first];
  }

  // The number of ranges, of at least one value, whose sum is `target`.
  int count(long target) const {
    int found = 0;
    for (std::size_t end = 1; end < sums_.size(); ++end) {
      for (std::size_t begin = 0; begin < end; ++begin) {
        if (sums_[end] - sums_[begin] == target) ++found;
      }
    }
    return found;
  }

 private:
  std::vector<long> sums_;  // sums_[i]: sum of the first i values
};
