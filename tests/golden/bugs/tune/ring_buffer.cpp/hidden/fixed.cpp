// A queue of fixed capacity.
#include <cstddef>
#include <stdexcept>
#include <vector>

class RingBuffer {
 public:
  // Holds at most `capacity` (at least 1) values.
  explicit RingBuffer(std::size_t capacity) : values_(capacity) {}

  std::size_t size() const { return size_; }
  bool full() const { return size_ == values_.size(); }

  // Adds at the end; when the buffer is full, the oldest value is overwritten.
  void push(int value) {
    values_[(first_ + size_) % values_.size()] = value;
    if (full()) {
      first_ = (first_ + 1) % values_.size();
    } else {
      ++size_;
    }
  }

  // Takes the oldest value; throws std::out_of_range if there is none.
  int pop() {
    if (size_ == 0) throw std::out_of_range("the buffer is empty");
    const int value = values_[first_];
    first_ = (first_ + 1) % values_.size();
    --size_;
    return value;
  }

  // The i-th value, counted from 0 for the oldest; throws std::out_of_range.
  int at(std::size_t i) const {
    if (i >= size_) throw std::out_of_range("no such value");
    return values_[(first_ + i) % values_.size()];
  }

 private:
  std::vector<int> values_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};
