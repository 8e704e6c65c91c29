#include "fraction_sum.cpp"

#include <cassert>

int main() {
  for (long a = -5; a <= 5; ++a) {
    for (long b = 1; b <= 4; ++b) {
      for (long c = -5; c <= 5; ++c) {
        for (long d = 1; d <= 4; ++d) {
          const Fraction x = make(a, b), y = make(c, d);
          assert((x - y) + y == x);
          assert(x + make(-c, d) == x - y);
          assert((x - y).denominator > 0);
          assert(std::gcd((x - y).numerator, (x - y).denominator) == 1);
          assert((x < y) == ((x - y).numerator < 0));
          if (c != 0) assert((x / y) * y == x);
        }
      }
    }
  }
  int thrown = 0;
  try {
    make(1, 0);
  } catch (const std::domain_error&) {
    ++thrown;
  }
  try {
    make(1, 2) / make(0, 3);
  } catch (const std::domain_error&) {
    ++thrown;
  }
  assert(thrown == 2);
}
