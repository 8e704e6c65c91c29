#include "fraction_sums.cpp"

#include <cassert>

int main() {
  assert(Fraction(-3, -9).text() == "1/3");
  assert(Fraction(3, -9).text() == "-1/3");
  assert(Fraction(-3, 9).text() == "-1/3");
  assert(Fraction(0, -7).text() == "0" && Fraction(0, -7).bottom() == 1);
  assert(Fraction(5, -5).text() == "-1");
  assert((Fraction(1, 2) / Fraction(-1, 4)).text() == "-2");
  for (long a = -6; a <= 6; ++a) {
    for (long b = -6; b <= 6; ++b) {
      if (b == 0) continue;
      const Fraction f(a, b);
      assert(f.bottom() > 0 && std::gcd(f.top(), f.bottom()) == 1);
      assert(f.top() * b == a * f.bottom());
      for (long c = -3; c <= 3; ++c) {
        assert((f < Fraction(c)) == (b > 0 ? a < c * b : a > c * b));
        if (c != 0) assert(f / Fraction(c) * Fraction(c) == f);
      }
    }
  }
}
