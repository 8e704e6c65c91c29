#include "digit_product.cpp"

#include <cassert>

int main() {
  for (int a = 0; a < 10; ++a) {
    assert(digit_product(a) == a);
    for (int b = 1; b < 10; ++b) {
      assert(digit_product(10 * b + a) == a * b);
      assert(digit_product(100 * b + 10 * a + 3) == 3 * a * b);
    }
  }
  assert(digit_product(1111111111) == 1);
  assert(persistence(10) == 1 && persistence(25) == 2 && persistence(77) == 4);
  assert(persistence(679) == 5 && persistence(0) == 0);
}
