// Types whose 4-bit levels stand for the entries of a table.
#include <algorithm>
#include <cmath>

#include "engine/gguf/dequantize.h"
#include "engine/gguf/half.h"
#include "engine/gguf/quantize_block.h"

namespace engine::gguf {
namespace {

// The index of the nearest entry; the first of equals.
int nearest_entry(const int8_t* table, float value) {
  int best = 0;
  float distance = INFINITY;
  for (int i = 0; i < 16; ++i) {
    const float own = std::fabs(value - static_cast<float>(table[i]));
    if (own < distance) {
      distance = own;
      best = i;
    }
  }
  return best;
}

void write_levels(const float* values, float inverse, const int8_t* table, uint8_t* to) {
  for (int i = 0; i < 16; ++i) {
    to[i] = static_cast<uint8_t>(nearest_entry(table, values[i] * inverse) |
                                 nearest_entry(table, values[i + 16] * inverse) << 4);
  }
}

}  // namespace

void quantize_iq4_nl(const float* values, uint8_t* block) {
  const float scale = farthest_from_zero(values, 32) / iq4_levels[0];
  write(block, float_to_half(scale));
  write_levels(values, inverse_of(scale), iq4_levels, block + 2);
}

void quantize_iq4_xs(const float* values, uint8_t* block) {
  constexpr int parts = 8;
  float scales[parts];
  for (int part = 0; part < parts; ++part) {
    scales[part] = farthest_from_zero(values + part * 32, 32) / iq4_levels[0];
  }
  const float d = half_to_float(float_to_half(farthest_from_zero(scales, parts) / -32));
  const float d_inverse = inverse_of(d);
  write(block, float_to_half(d));
  uint16_t high = 0;
  std::memset(block + 4, 0, 4);
  for (int part = 0; part < parts; ++part) {
    const int level = nearest_level(scales[part] * d_inverse, -32, 31);
    const int bits = level + 32;
    high = static_cast<uint16_t>(high | bits >> 4 << part * 2);
    block[4 + part / 2] = static_cast<uint8_t>(block[4 + part / 2] | (bits & 15) << part % 2 * 4);
    const float inverse = inverse_of(d * static_cast<float>(level));
    write_levels(values + part * 32, inverse, iq4_levels, block + 8 + part * 16);
  }
  write(block + 2, high);
}

// The power of two under which the greatest value has the exponent of the greatest level.
void quantize_mxfp4(const float* values, uint8_t* block) {
  const float most = std::fabs(farthest_from_zero(values, 32));
  int exponent = 0;
  if (std::isfinite(most)) std::frexp(most, &exponent);
  const int stored = most > 0 ? std::clamp(exponent - 1 - 2 + 127, 0, 254) : 0;
  block[0] = static_cast<uint8_t>(stored);
  write_levels(values, std::ldexp(1.0f, 128 - stored), mxfp4_levels, block + 1);
}

}  // namespace engine::gguf
