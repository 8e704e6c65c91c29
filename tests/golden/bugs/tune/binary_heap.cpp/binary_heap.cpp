// A heap of numbers, the smallest on top, and what one does with it.
#include <stdexcept>
#include <utility>
#include <vector>

class Heap {
 public:
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }

  void push(int item) {
    items_.push_back(item);
    std::size_t at = items_.size() - 1;
    while (at > 0 && items_[at] < items_[(at - 1) / 2]) {
      std::swap(items_[at], items_[(at - 1) / 2]);
      at = (at - 1) / 2;
    }
  }

  // Removes the smallest number and returns it. Throws std::out_of_range if there is none.
  int pop() {
    if (items_.empty()) throw std::out_of_range("an empty heap");
    const int top = items_.front();
    items_.front() = items_.back();
    items_.pop_back();
    sink(0);
    return top;
  }

 private:
  // Moves an item down until neither of its children is smaller.
  void sink(std::size_t at) {
    while (2 * at + 2 < items_.size()) {
      std::size_t child = 2 * at + 1;
      if (child + 1 < items_.size() && items_[child + 1] < items_[child]) ++child;
      if (items_[at] <= items_[child]) return;
      std::swap(items_[at], items_[child]);
      at = child;
    }
  }

  std::vector<int> items_;
};

// The numbers in ascending order.
std::vector<int> heap_sorted(const std::vector<int>& numbers) {
  Heap heap;
  for (int number : numbers) heap.push(number);
  std::vector<int> sorted;
  while (!heap.empty()) sorted.push_back(heap.pop());
  return sorted;
}

// The largest `count` numbers, or all if there are fewer, in ascending order.
std::vector<int> largest(const std::vector<int>& numbers, std::size_t count) {
  Heap heap;
  for (int number : numbers) {
    heap.push(number);
    if (heap.size() > count) heap.pop();
  }
  std::vector<int> result;
  while (!heap.empty()) result.push_back(heap.pop());
  return result;
}
