#include "stock_rooms.cpp"

#include <cassert>
#include <stdexcept>

void is_empty_at_first() {
  Store store(2);
  assert(store.total("tea") == 0 && store.take("tea", 5) == 0);
}

void takes_from_the_first_shelves() {
  Store store(2);
  store.shelf(0)["tea"] = 3;
  store.shelf(1)["tea"] = 4;
  assert(store.take("tea", 5) == 5);
  assert(store.shelf(0).count("tea") == 0 && store.shelf(1)["tea"] == 2);
}

void no_such_shelf() {
  Store store(1);
  bool thrown = false;
  try {
    store.put(1, "tea", 1);
  } catch (const std::out_of_range&) {
    thrown = true;
  }
  assert(thrown);
}

void puts_things() {
  Store store(2);
  store.put(1, "cup", 2);
  store.put(1, "cup", 1);
  assert(store.total("cup") == 3);
}

int main() {
  is_empty_at_first();
  takes_from_the_first_shelves();
  no_such_shelf();
  puts_things();
}
