#include "hash_table.cpp"

#include <cassert>

void keeps_texts() {
  Table table;
  table.set(4, "four");
  table.set(1, "one");
  assert(*table.get(4) == "four" && *table.get(1) == "one");
  assert(table.get(7) == nullptr);
}

void replaces_texts() {
  Table table;
  table.set(2, "a");
  table.set(2, "b");
  assert(table.size() == 1 && *table.get(2) == "b");
}

void forgets_texts() {
  Table table;
  table.set(5, "five");
  assert(table.erase(5) && !table.erase(5) && table.size() == 0);
}

void grows() {
  Table table;
  for (int i = 0; i < 50; ++i) table.set(i * i, std::to_string(i));
  for (int i = 0; i < 50; ++i) assert(*table.get(i * i) == std::to_string(i));
}

void keys_below_zero() {
  Table table;
  table.set(-5, "minus five");
  assert(*table.get(-5) == "minus five" && table.get(5) == nullptr);
}

int main() {
  keeps_texts();
  replaces_texts();
  forgets_texts();
  grows();
  keys_below_zero();
}
