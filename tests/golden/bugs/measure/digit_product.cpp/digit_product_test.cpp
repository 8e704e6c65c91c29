#include "digit_product.cpp"

#include <cassert>

int main() {
  // Zeros.
  assert(digit_product(0) == 0 && digit_product(105) == 0);
  // One digit is left at once.
  assert(persistence(7) == 0);
  // Products.
  assert(digit_product(234) == 24);
  assert(persistence(39) == 3);
}
