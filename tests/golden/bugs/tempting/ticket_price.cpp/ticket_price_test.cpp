#include "ticket_price.cpp"

#include <cassert>

void babies_are_free() { assert(price(0) == 0 && price(3) == 0); }

void children() {
  assert(price(4) == 600);
  assert(price(14) == 600);
}

void everybody_else() { assert(price(30) == 1200 && price(64) == 1200 && price(65) == 900); }

void groups() {
  assert(group_price({40, 38, 9}) == 3000);
  assert(group_price(std::vector<int>(10, 20)) == 10800);
}

int main() {
  babies_are_free();
  children();
  everybody_else();
  groups();
}
