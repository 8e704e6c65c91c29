#include "binary_heap.cpp"

#include <cassert>

using Numbers = std::vector<int>;

void an_empty_heap() {
  Heap heap;
  try {
    heap.pop();
    assert(false);
  } catch (const std::out_of_range&) {
  }
}

void the_smallest_first() {
  Heap heap;
  for (int n : {4, 2, 9}) heap.push(n);
  assert(heap.pop() == 2 && heap.size() == 2);
}

void sorting_two() { assert((heap_sorted({2, 1}) == Numbers{1, 2})); }

void sorting() { assert((heap_sorted({4, 5, 6, 2, 1, 3}) == Numbers{1, 2, 3, 4, 5, 6})); }

void the_largest() {
  assert((largest({4, 1, 7, 3}, 1) == Numbers{7}));
  assert(largest({4, 1}, 0).empty());
}

int main() {
  an_empty_heap();
  the_smallest_first();
  sorting_two();
  sorting();
  the_largest();
}
