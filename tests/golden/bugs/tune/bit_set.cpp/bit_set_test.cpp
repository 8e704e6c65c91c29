#include "bit_set.cpp"

#include <cassert>

void keeps_numbers() {
  BitSet set;
  set.insert(5);
  set.insert(63);
  assert(set.contains(5) && set.contains(63) && !set.contains(6));
  assert(set.text() == "{5, 63}");
}

void counts() {
  BitSet set;
  for (int n : {1, 2, 2, 40}) set.insert(n);
  assert(set.size() == 3);
}

void forgets_numbers() {
  BitSet set;
  set.insert(7);
  set.erase(7);
  assert(set.empty());
}

void erasing_what_is_not_there_changes_nothing() {
  BitSet set;
  set.insert(1);
  set.erase(2);
  assert(set.text() == "{1}");
}

int main() {
  keeps_numbers();
  counts();
  forgets_numbers();
  erasing_what_is_not_there_changes_nothing();
}
