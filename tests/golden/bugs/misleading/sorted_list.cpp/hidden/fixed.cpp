// A list that is kept in order.
#include <cstddef>
#include <vector>

class SortedList {
 public:
  // Puts a value before the first one that is greater.
  void insert(int value) {
    std::size_t i = values_.size();
    values_.push_back(value);
    while (i > 0 && values_[i - 1] > value) {
      values_[i] = values_[i - 1];
      --i;
    }
    values_[i] = value;
  }

  // Removes one value that is equal; whether there was one.
  bool remove(int value) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] != value) continue;
      values_.erase(values_.begin() + static_cast<std::ptrdiff_t>(i));
      return true;
    }
    return false;
  }

  const std::vector<int>& values() const { return values_; }

 private:
  std::vector<int> values_;
};
