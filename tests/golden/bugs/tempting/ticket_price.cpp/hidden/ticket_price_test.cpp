#include "ticket_price.cpp"

#include <cassert>

int main() {
  for (int age = 0; age < 100; ++age) {
    const int expected = age < 4 ? 0 : age < 15 ? 600 : age < 65 ? 1200 : 900;
    assert(price(age) == expected);
    assert(group_price({age, age}) == 2 * expected);
    assert(group_price(std::vector<int>(10, age)) == 9 * expected);
  }
  assert(group_price({}) == 0);
}
