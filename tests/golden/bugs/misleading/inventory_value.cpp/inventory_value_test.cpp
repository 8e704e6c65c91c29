#include "inventory_value.cpp"

#include <cassert>

int main() {
  // Nothing.
  assert(value({}) == 0 && mean_value({}) == 0);
  // Some items.
  assert(value({{250, 2}, {100, 3}}) == 800);
  assert(mean_value({{250, 2}, {100, 3}}) == 160);
  // Many expensive items.
  assert(value({{1000000, 2000}, {1000000, 2000}}) == 4000000000LL);
}
