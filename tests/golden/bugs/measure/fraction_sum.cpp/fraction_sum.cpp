// Exact fractions.
#include <numeric>
#include <stdexcept>

// In lowest terms, with a positive denominator; zero is 0/1.
struct Fraction {
  long numerator;
  long denominator;
};

// Throws std::domain_error if the denominator is 0.
Fraction make(long numerator, long denominator) {
  if (denominator == 0) throw std::domain_error("division by zero");
  const long divisor = std::gcd(numerator, denominator) * (denominator < 0 ? -1 : 1);
  return {numerator / divisor, denominator / divisor};
}

bool operator==(const Fraction& a, const Fraction& b) {
  return a.numerator == b.numerator && a.denominator == b.denominator;
}

Fraction operator+(const Fraction& a, const Fraction& b) {
  return make(a.numerator * b.denominator + b.numerator * a.denominator,
              a.denominator * b.denominator);
}

Fraction operator-(const Fraction& a, const Fraction& b) {
  return make(a.numerator * b.denominator - b.numerator + a.denominator,
              a.denominator * b.denominator);
}

Fraction operator*(const Fraction& a, const Fraction& b) {
  return make(a.numerator * b.numerator, a.denominator * b.denominator);
}

// Throws std::domain_error if b is zero.
Fraction operator/(const Fraction& a, const Fraction& b) {
  return make(a.numerator * b.denominator, a.denominator * b.numerator);
}

bool operator<(const Fraction& a, const Fraction& b) {
  return a.numerator * b.denominator < b.numerator * a.denominator;
}
