// The arithmetic that stands in for conversions of 8-bit floats, against the format's definition:
// every code, and values at, beside and between all of them.
#include <cmath>
#include <cstdio>
#include <limits>

#include "cuda_emulation/dialect.h"

namespace {

using namespace engine::backend::cuda;

int failures = 0;

void expect(bool fact, const char* what, double value, uint32_t found) {
  if (fact || ++failures > 20) return;
  std::printf("FAILED: %s: %.9g gives 0x%x\n", what, value, found);
}

// By OFP8's table: a sign, 4 bits of exponent with bias 7, 3 of mantissa.
double value_of(uint32_t code) {
  const double sign = code & 0x80 ? -1 : 1;
  const int exponent = static_cast<int>(code >> 3 & 15), mantissa = static_cast<int>(code & 7);
  if (exponent == 15 && mantissa == 7) return std::numeric_limits<double>::quiet_NaN();
  if (exponent == 0) return sign * std::ldexp(mantissa, -9);
  return sign * std::ldexp(8 + mantissa, exponent - 10);
}

void decodes() {
  for (uint32_t code = 0; code < 256; ++code) {
    const uint32_t other = (code * 37 + 11) & 0xff;
    const uint32_t halves = e4m3_to_halves(0xabcd0000 | code | other << 8);
    for (const auto& [c, half] : {std::pair{code, halves & 0xffff}, {other, halves >> 16}}) {
      const double value = value_of(c);
      const bool right = std::isnan(value) ? half == 0x7fff
                                           : half_to_float(static_cast<uint16_t>(half)) == value &&
                                                 (half >> 15) == (c >> 7);
      expect(right, "a code as half", value, half);
    }
  }
}

void encodes_to(float value, uint32_t code) {
  expect(pack_e4m3(value, 1.0f) == (code | 0x3800), "the lower code", value,
         pack_e4m3(value, 1.0f));
  expect(pack_e4m3(1.0f, value) == (code << 8 | 0x38), "the upper code", value,
         pack_e4m3(1.0f, value));
}

void encodes() {
  for (uint32_t code = 0; code < 0x7f; ++code) {
    const float value = static_cast<float>(value_of(code));
    encodes_to(value, code);
    encodes_to(-value, code | 0x80);
    if (code == 0x7e) continue;
    const float next = static_cast<float>(value_of(code + 1)), middle = (value + next) / 2;
    const uint32_t even = code % 2 == 0 ? code : code + 1;
    encodes_to(middle, even);
    encodes_to(-middle, even | 0x80);
    encodes_to(std::nextafter(middle, 0.0f), code);
    encodes_to(std::nextafter(middle, 1e9f), code + 1);
  }
  for (const float beyond : {449.0f, 464.0f, 465.0f, 1e30f, INFINITY}) {
    encodes_to(beyond, 0x7e);
    encodes_to(-beyond, 0xfe);
  }
  encodes_to(NAN, 0x7f);
  encodes_to(1e-38f, 0);
  encodes_to(-1e-42f, 0x80);
}

// A scale that is a power of two takes all codes to halves without rounding.
void scales() {
  for (int power = -15; power <= 7; ++power) {
    const uint32_t scale = float_to_half(std::ldexp(1.0f, power)) * 0x10001u;
    for (uint32_t code = 0; code < 256; ++code) {
      const double value = std::ldexp(value_of(code), power);
      const uint32_t product = multiply_halves(e4m3_to_halves(code), scale) & 0xffff;
      const float found = half_to_float(static_cast<uint16_t>(product));
      expect(std::isnan(value) ? std::isnan(found) : found == value, "a scaled code", value,
             product);
    }
  }
}

}  // namespace

int main() {
  decodes();
  encodes();
  scales();
  std::printf("%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
