#include "stock_rooms.cpp"

#include <cassert>

int main() {
  Store store(3);
  int total = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    store.put(i % 3, "pin", static_cast<int>(i));
    total += static_cast<int>(i);
    assert(store.total("pin") == total);
  }
  assert(store.shelf(0)["pin"] == 9 && store.shelf(2)["pin"] == 15);
  store.put(0, "nut", 1);
  assert(store.take("pin", 10) == 10);
  assert(store.shelf(0).count("pin") == 0 && store.shelf(1)["pin"] == 11);
  assert(store.total("nut") == 1);
  assert(store.take("pin", 1000) == 26);
  assert(store.total("pin") == 0 && store.take("pin", 1) == 0);
}
