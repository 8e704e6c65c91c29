// Exact fractions in lowest terms.
#include <numeric>
#include <stdexcept>
#include <string>

class Fraction {
 public:
  // Throws std::domain_error if the bottom is 0.
  Fraction(long top, long bottom = 1) : top_(top), bottom_(bottom) {
    if (bottom == 0) throw std::domain_error("a fraction by 0");
    reduce();
  }

  // In lowest terms, with a bottom above 0: the sign is the top's.
  long top() const { return top_; }
  long bottom() const { return bottom_; }

  Fraction operator+(const Fraction& other) const {
    return {top_ * other.bottom_ + other.top_ * bottom_, bottom_ * other.bottom_};
  }
  Fraction operator-(const Fraction& other) const {
    return *this + Fraction(-other.top_, other.bottom_);
  }
  Fraction operator*(const Fraction& other) const {
    return {top_ * other.top_, bottom_ * other.bottom_};
  }
  // Throws std::domain_error if the other one is 0.
  Fraction operator/(const Fraction& other) const {
    return {top_ * other.bottom_, bottom_ * other.top_};
  }

  bool operator==(const Fraction& other) const {
    return top_ == other.top_ && bottom_ == other.bottom_;
  }
  bool operator<(const Fraction& other) const {
    return top_ * other.bottom_ < other.top_ * bottom_;
  }

  // Such as "-2/3", or "4" where the bottom is 1.
  std::string text() const {
    if (bottom_ == 1) return std::to_string(top_);
    return std::to_string(top_) + "/" + std::to_string(bottom_);
  }

 private:
  void reduce() {
    const long divisor = std::gcd(top_, bottom_);
    top_ = top_ / divisor;
    bottom_ = bottom_ / divisor;
  }

  long top_, bottom_;
};
