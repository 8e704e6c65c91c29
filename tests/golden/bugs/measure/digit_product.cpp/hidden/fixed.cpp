// Digits of numbers.

// Product of the decimal digits of n (at least 0).
int digit_product(int n) {
  int product = 1;
  do {
    product *= n % 10;
    n /= 10;
  } while (n > 0);
  return product;
}

// How often one takes the product of the digits until one digit is left.
int persistence(int n) {
  int steps = 0;
  while (n >= 10) {
    n = digit_product(n);
    ++steps;
  }
  return steps;
}
