#include "engine/gguf/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/base/check.h"
#include "engine/gguf/half.h"
#include "engine/gguf/quantize_block.h"

namespace engine::gguf {
namespace {

void f32(const float* values, uint8_t* block) { std::memcpy(block, values, sizeof(float)); }

void f16(const float* values, uint8_t* block) { write(block, float_to_half(*values)); }

void bf16(const float* values, uint8_t* block) { write(block, float_to_bfloat(*values)); }

// x + 0.5 cut to a whole number, within 0 … most; 0 for NaN.
int cut_level(float x, int most) {
  const float level = x + 0.5f;
  if (!(level >= 0)) return 0;
  return level >= static_cast<float>(most) ? most : static_cast<int>(level);
}

struct Range {
  float least, most;
};
Range range_of(const float* values) {
  Range range{values[0], values[0]};
  for (int i = 1; i < 32; ++i) {
    if (values[i] < range.least) range.least = values[i];
    if (values[i] > range.most) range.most = values[i];
  }
  return range;
}

// 32 levels of 4 bits, and their fifth bits where `high` is not null.
void write_levels(const int* levels, uint8_t* low, uint8_t* high) {
  uint32_t fifth = 0;
  for (int i = 0; i < 32; ++i) fifth |= static_cast<uint32_t>(levels[i] >> 4 & 1) << i;
  for (int i = 0; i < 16; ++i) {
    low[i] = static_cast<uint8_t>((levels[i] & 15) | (levels[i + 16] & 15) << 4);
  }
  if (high != nullptr) write(high, fifth);
}

// Levels 0 … 2 · zero − 1 around `zero`; the value farthest from zero becomes level 0.
float symmetric_levels(const float* values, int zero, int* levels) {
  const float scale = farthest_from_zero(values, 32) / static_cast<float>(-zero);
  const float inverse = inverse_of(scale);
  for (int i = 0; i < 32; ++i) {
    levels[i] = cut_level(values[i] * inverse + static_cast<float>(zero), 2 * zero - 1);
  }
  return scale;
}

// Levels 0 … most from the least value to the greatest.
Range ranged_levels(const float* values, int most, int* levels) {
  const Range range = range_of(values);
  const float scale = (range.most - range.least) / static_cast<float>(most);
  const float inverse = inverse_of(scale);
  for (int i = 0; i < 32; ++i) levels[i] = cut_level((values[i] - range.least) * inverse, most);
  return {range.least, scale};
}

void q4_0(const float* values, uint8_t* block) {
  int levels[32];
  write(block, float_to_half(symmetric_levels(values, 8, levels)));
  write_levels(levels, block + 2, nullptr);
}

void q4_1(const float* values, uint8_t* block) {
  int levels[32];
  const auto [least, scale] = ranged_levels(values, 15, levels);
  write(block, float_to_half(scale));
  write(block + 2, float_to_half(least));
  write_levels(levels, block + 4, nullptr);
}

void q5_0(const float* values, uint8_t* block) {
  int levels[32];
  write(block, float_to_half(symmetric_levels(values, 16, levels)));
  write_levels(levels, block + 6, block + 2);
}

void q5_1(const float* values, uint8_t* block) {
  int levels[32];
  const auto [least, scale] = ranged_levels(values, 31, levels);
  write(block, float_to_half(scale));
  write(block + 2, float_to_half(least));
  write_levels(levels, block + 8, block + 4);
}

// d = max|x| / 127, q = x / d rounded away from zero at ties. The division uses d before it is
// rounded to a half.
void q8_0(const float* values, uint8_t* block) {
  float largest = 0;
  for (int index = 0; index < 32; ++index) largest = std::max(largest, std::fabs(values[index]));
  const float scale = largest / 127;
  const float inverse = scale > 0 ? 1 / scale : 0;
  write(block, float_to_half(scale));
  for (int index = 0; index < 32; ++index) {
    const float level = std::round(values[index] * inverse);
    const bool finite = std::fabs(level) <= 127;  // false for NaN
    block[2 + index] = static_cast<uint8_t>(finite ? static_cast<int8_t>(level) : int8_t{0});
  }
}

QuantizeBlock quantizer_of(WeightType type) {
  switch (type) {
    case WeightType::f32:
      return f32;
    case WeightType::f16:
      return f16;
    case WeightType::bf16:
      return bf16;
    case WeightType::q4_0:
      return q4_0;
    case WeightType::q4_1:
      return q4_1;
    case WeightType::q5_0:
      return q5_0;
    case WeightType::q5_1:
      return q5_1;
    case WeightType::q8_0:
      return q8_0;
    case WeightType::q2_k:
      return quantize_q2_k;
    case WeightType::q3_k:
      return quantize_q3_k;
    case WeightType::q4_k:
      return quantize_q4_k;
    case WeightType::q5_k:
      return quantize_q5_k;
    case WeightType::q6_k:
      return quantize_q6_k;
    case WeightType::iq4_nl:
      return quantize_iq4_nl;
    case WeightType::iq4_xs:
      return quantize_iq4_xs;
    case WeightType::mxfp4:
      return quantize_mxfp4;
    default:
      return nullptr;
  }
}

}  // namespace

void quantize_row(WeightType type, std::span<const float> values, std::span<std::byte> row) {
  const QuantizeBlock quantize = quantizer_of(type);
  INVARIANT(quantize != nullptr);
  INVARIANT(row.size() == row_bytes(type, values.size()));
  const BlockGeometry& block = geometry(type);
  const size_t blocks = values.size() / block.values;
  auto* const bytes = reinterpret_cast<uint8_t*>(row.data());
  for (size_t index = 0; index < blocks; ++index) {
    quantize(values.data() + index * block.values, bytes + index * block.bytes);
  }
}

}  // namespace engine::gguf
