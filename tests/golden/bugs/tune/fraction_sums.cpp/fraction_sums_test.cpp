#include "fraction_sums.cpp"

#include <cassert>

void lowest_terms() {
  assert(Fraction(6, 8).text() == "3/4");
  assert(Fraction(8, 4).text() == "2");
  assert(Fraction(0, 5).text() == "0");
}

void sums_and_products() {
  assert(Fraction(1, 2) + Fraction(1, 3) == Fraction(5, 6));
  assert(Fraction(1, 2) - Fraction(2, 3) == Fraction(-1, 6));
  assert(Fraction(2, 3) * Fraction(3, 4) == Fraction(1, 2));
}

void order() {
  assert(Fraction(1, 3) < Fraction(1, 2));
  assert(!(Fraction(1, 2) < Fraction(1, 2)));
}

void division_by_nothing() {
  try {
    Fraction(1, 2) / Fraction(0);
    assert(false);
  } catch (const std::domain_error&) {
  }
}

void signs() {
  assert(Fraction(1, -2).text() == "-1/2");
  assert(Fraction(1, -2) < Fraction(1, 3));
}

int main() {
  lowest_terms();
  sums_and_products();
  order();
  division_by_nothing();
  signs();
}
