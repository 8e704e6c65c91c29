#define main program_main
#include "modular_power.cpp"
#undef main

int main() {
  for (long long base = -6; base < 12; ++base) {
    for (long long modulus = 1; modulus < 15; ++modulus) {
      long long expected = 1 % modulus;
      for (int exponent = 0; exponent < 12; ++exponent) {
        assert(power(base, exponent, modulus) == expected);
        expected = ((expected * base) % modulus + modulus) % modulus;
      }
    }
  }
  assert(power(3, 1000000006, 1000000007) == 1);
}
