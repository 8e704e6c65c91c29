// e4m3, the 8-bit floats of the OCP's "OFP8" specification (a sign, 4 bits of exponent with bias 7,
// 3 of mantissa; no infinities, 0x7f is no number), by arithmetic: for devices that have no
// instruction for it (before sm_89), and for the emulation. Included by the two dialects alone.
#pragma once

namespace engine::backend::cuda {

// Two codes, the lower byte first, as two halves in a word. Exact; what is no number is 0x7fff.
DEVICE uint32_t e4m3_to_halves_by_arithmetic(uint32_t two) {
  const uint32_t apart = (two & 0xff) | (two & 0xff00) << 8;
  const uint32_t magnitudes = apart & 0x007f007f;
  // As the bits of a half they say 2⁻⁸ of the value, subnormal ones too.
  const uint32_t small = (apart & 0x00800080) << 8 | magnitudes << 7;
  const uint32_t halves = multiply_halves(small, 0x5c005c00);
  const uint32_t none = ((magnitudes + 0x00010001) >> 7 & 0x00010001) * 0xffff;
  return (halves & ~none) | (none & 0x7fff7fff);
}

// The nearest code, of two the even one; past 448 it is that of ±448. What is no number is 0x7f.
DEVICE uint32_t to_e4m3_by_arithmetic(float value) {
  const uint32_t bits = float_to_bits(value), sign = bits >> 24 & 0x80;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7f;
  const uint32_t most = 0x43e00000, least_normal = 0x3c800000;  // 448 and 2⁻⁶
  if (magnitude > most) magnitude = most;
  if (magnitude < least_normal) {
    // At 2^14 a float's last bit is 2⁻⁹, as a subnormal code's is.
    return sign | (float_to_bits(bits_to_float(magnitude) + 16384.0f) & 0xff);
  }
  const uint32_t rounded = magnitude + 0x7ffff + (magnitude >> 20 & 1);
  return sign | ((rounded >> 20) - (120 << 3));
}
DEVICE uint32_t pack_e4m3_by_arithmetic(float low, float high) {
  return to_e4m3_by_arithmetic(low) | to_e4m3_by_arithmetic(high) << 8;
}

}  // namespace engine::backend::cuda
