// Fast powers. As a program it checks itself.
#include <cassert>

// base to the power of exponent (at least 0), modulo `modulus` (1 to 2^31); the result is in
// 0..modulus-1.
long long power(long long base, int exponent, long long modulus) {
  const long long half = power(base, exponent / 2, modulus);
  const long long square = half * half % modulus;
  return exponent % 2 == 0 ? square : square * (base % modulus + modulus) % modulus;
}

int main() {
  assert(power(2, 10, 1000) == 24);
  assert(power(7, 0, 5) == 1);
}
