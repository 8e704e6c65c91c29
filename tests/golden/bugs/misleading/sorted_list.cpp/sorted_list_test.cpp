#include "sorted_list.cpp"

#include <cassert>

int main() {
  SortedList list;
  for (int value : {30, 10, 20, 10}) list.insert(value);
  // In order.
  assert((list.values() == std::vector<int>{10, 10, 20, 30}));
  // Nothing to remove.
  assert(!list.remove(15));
  // One of two equal values.
  assert(list.remove(10));
  assert((list.values() == std::vector<int>{10, 20, 30}));
}
