#include "inventory_value.cpp"

#include <cassert>

int main() {
  assert(value({{2000000000, 2000000000}}) == 4000000000000000000LL);
  assert(value({{50000, 50000}}) == 2500000000LL);
  assert(mean_value({{50000, 50000}, {30000, 50000}}) == 40000);
  assert(value({{1, 2000000000}, {1, 2000000000}}) == 4000000000LL);
  assert(mean_value({{7, 2000000000}, {8, 2000000000}}) == 7);
}
