// Every weight type as a function from the bytes of one block to its values, written down as its
// definition says. Fast paths elsewhere are tested against these.
//
// The types named _K and IQ4_XS have blocks of 256 with scales for each 16 or 32 of them. Where one
// byte holds several short levels, these belong to values 16, 32 or 64 places apart, so that one
// mask or shift of a vector of bytes yields neighbours.
#include "engine/gguf/dequantize.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "engine/base/check.h"
#include "engine/gguf/grid_units.h"
#include "engine/gguf/half.h"

namespace engine::gguf {
namespace {

// The weights of one block, from its bytes.
using DequantizeBlock = void (*)(const uint8_t* block, float* values);

template <typename T>
T read(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

float read_half(const uint8_t* from) { return half_to_float(read<uint16_t>(from)); }

void f32(const uint8_t* block, float* values) { std::memcpy(values, block, sizeof(float)); }

void f16(const uint8_t* block, float* values) { *values = read_half(block); }

void bf16(const uint8_t* block, float* values) { *values = bfloat_to_float(read<uint16_t>(block)); }

// 16 bytes of two levels each: byte j holds those of values j (low) and j + 16 (high).
int level_4(const uint8_t* levels, int index) { return levels[index % 16] >> index / 16 * 4 & 15; }
// The same with a fifth bit for each, in 32 bits of their own.
int level_5(const uint8_t* high_bits, const uint8_t* levels, int index) {
  return level_4(levels, index) | (read<uint32_t>(high_bits) >> index & 1) << 4;
}

// half d; q[16]: d · (q − 8)
void q4_0(const uint8_t* block, float* values) {
  const float d = read_half(block);
  for (int i = 0; i < 32; ++i) values[i] = d * static_cast<float>(level_4(block + 2, i) - 8);
}

// half d, m; q[16]: d · q + m
void q4_1(const uint8_t* block, float* values) {
  const float d = read_half(block), m = read_half(block + 2);
  for (int i = 0; i < 32; ++i) values[i] = d * static_cast<float>(level_4(block + 4, i)) + m;
}

// half d; high[4]; q[16]: d · (q − 16)
void q5_0(const uint8_t* block, float* values) {
  const float d = read_half(block);
  for (int i = 0; i < 32; ++i) {
    values[i] = d * static_cast<float>(level_5(block + 2, block + 6, i) - 16);
  }
}

// half d, m; high[4]; q[16]: d · q + m
void q5_1(const uint8_t* block, float* values) {
  const float d = read_half(block), m = read_half(block + 2);
  for (int i = 0; i < 32; ++i) {
    values[i] = d * static_cast<float>(level_5(block + 4, block + 8, i)) + m;
  }
}

// half d; int8 q[32]: d · q
void q8_0(const uint8_t* block, float* values) {
  const float d = read_half(block);
  for (int i = 0; i < 32; ++i)
    values[i] = d * static_cast<float>(static_cast<int8_t>(block[2 + i]));
}

// scales[16]; q[64]; half d, dmin: d · (scale & 15) · q − dmin · (scale >> 4), 16 values a scale
void q2_k(const uint8_t* block, float* values) {
  const float d = read_half(block + 80), d_min = read_half(block + 82);
  for (int i = 0; i < 256; ++i) {
    const uint8_t scale = block[i / 16];
    const int level = block[16 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
    values[i] = d * static_cast<float>(scale & 15) * static_cast<float>(level) -
                d_min * static_cast<float>(scale >> 4);
  }
}

// high[32]; q[64]; scales[12]; half d: d · (scale − 32) · (q − 4), 16 values a scale; the third bit
// of q is in `high`
void q3_k(const uint8_t* block, float* values) {
  const uint8_t* const scales = block + 96;
  const float d = read_half(block + 108);
  for (int i = 0; i < 256; ++i) {
    const int part = i / 16;
    const int scale =
        (scales[part % 8] >> part / 8 * 4 & 15) | (scales[8 + part % 4] >> part / 4 * 2 & 3) << 4;
    const int low = block[32 + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3;
    const int high = block[i % 32] >> i / 32 & 1;
    values[i] = d * static_cast<float>(scale - 32) * static_cast<float>((low | high << 2) - 4);
  }
}

// The 6-bit scale and minimum of 32 values, packed as Q4_K and Q5_K do.
struct ScaleAndMinimum {
  int scale, minimum;
};
ScaleAndMinimum scale_and_minimum(const uint8_t* s, int part) {
  if (part < 4) return {s[part] & 63, s[part + 4] & 63};
  return {(s[part + 4] & 15) | s[part - 4] >> 6 << 4, s[part + 4] >> 4 | s[part] >> 6 << 4};
}

// half d, dmin; scales[12]; q[128]: d · scale · q − dmin · minimum, 32 values a scale
void q4_k(const uint8_t* block, float* values) {
  const float d = read_half(block), d_min = read_half(block + 2);
  for (int i = 0; i < 256; ++i) {
    const auto [scale, minimum] = scale_and_minimum(block + 4, i / 32);
    const int level = block[16 + i / 64 * 32 + i % 32] >> i % 64 / 32 * 4 & 15;
    values[i] = d * static_cast<float>(scale) * static_cast<float>(level) -
                d_min * static_cast<float>(minimum);
  }
}

// half d, dmin; scales[12]; high[32]; q[128]: the same with a fifth bit
void q5_k(const uint8_t* block, float* values) {
  const float d = read_half(block), d_min = read_half(block + 2);
  for (int i = 0; i < 256; ++i) {
    const auto [scale, minimum] = scale_and_minimum(block + 4, i / 32);
    const int low = block[48 + i / 64 * 32 + i % 32] >> i % 64 / 32 * 4 & 15;
    const int level = low | (block[16 + i % 32] >> i / 32 & 1) << 4;
    values[i] = d * static_cast<float>(scale) * static_cast<float>(level) -
                d_min * static_cast<float>(minimum);
  }
}

// low[128]; high[64]; int8 scales[16]; half d: d · scale · (q − 32), 16 values a scale
void q6_k(const uint8_t* block, float* values) {
  const float d = read_half(block + 208);
  for (int i = 0; i < 256; ++i) {
    const int half = i / 128, quarter = i % 128 / 32;
    const int low = block[half * 64 + quarter % 2 * 32 + i % 32] >> quarter / 2 * 4 & 15;
    const int high = block[128 + half * 32 + i % 32] >> quarter * 2 & 3;
    const auto scale = static_cast<int8_t>(block[192 + i / 16]);
    values[i] = d * static_cast<float>(scale) * static_cast<float>((low | high << 4) - 32);
  }
}

// half d; q[16]: d · levels[q]
void iq4_nl(const uint8_t* block, float* values) {
  const float d = read_half(block);
  for (int i = 0; i < 32; ++i) {
    values[i] = d * static_cast<float>(iq4_levels[level_4(block + 2, i)]);
  }
}

// half d; u16 scales_high; scales_low[4]; q[128]: d · (scale − 32) · levels[q], 32 values a scale
void iq4_xs(const uint8_t* block, float* values) {
  const float d = read_half(block);
  const auto high = read<uint16_t>(block + 2);
  for (int part = 0; part < 8; ++part) {
    const int scale = (block[4 + part / 2] >> part % 2 * 4 & 15) | (high >> part * 2 & 3) << 4;
    for (int i = 0; i < 32; ++i) {
      const int level = iq4_levels[level_4(block + 8 + part * 16, i)];
      values[part * 32 + i] = d * static_cast<float>(scale - 32) * static_cast<float>(level);
    }
  }
}

// u8 e; q[16]: 2^(e − 128) · levels[q], the levels twice what E2M1 means
void mxfp4(const uint8_t* block, float* values) {
  const float scale = std::ldexp(1.0f, block[0] - 128);
  for (int i = 0; i < 32; ++i) {
    values[i] = scale * static_cast<float>(mxfp4_levels[level_4(block + 1, i)]);
  }
}

// IQ1 to IQ3, of which grid_units.h reads the bytes.
template <typename Type>
void of_grid(const uint8_t* block, float* values) {
  const float d = Type::factor * half_to_float(Type::d(block));
  for (int u = 0; u < 8; ++u) {
    const GridUnit unit = Type::unit(block, u);
    for (int i = 0; i < 32; ++i) {
      const int level = level_at<Type>(unit, i) - Type::zero;
      values[32 * u + i] = d * static_cast<float>(unit.scales[i / 16] * level);
    }
  }
}

DequantizeBlock function_of(WeightType type) {
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
      return q2_k;
    case WeightType::q3_k:
      return q3_k;
    case WeightType::q4_k:
      return q4_k;
    case WeightType::q5_k:
      return q5_k;
    case WeightType::q6_k:
      return q6_k;
    case WeightType::iq4_nl:
      return iq4_nl;
    case WeightType::iq4_xs:
      return iq4_xs;
    case WeightType::mxfp4:
      return mxfp4;
    case WeightType::iq2_xxs:
      return of_grid<Iq2Xxs>;
    case WeightType::iq2_xs:
      return of_grid<Iq2Xs>;
    case WeightType::iq2_s:
      return of_grid<Iq2S>;
    case WeightType::iq3_xxs:
      return of_grid<Iq3Xxs>;
    case WeightType::iq3_s:
      return of_grid<Iq3S>;
    case WeightType::iq1_s:
      return of_grid<Iq1S>;
    case WeightType::iq1_m:
      return of_grid<Iq1M>;
  }
  return nullptr;
}

}  // namespace

void dequantize_row(WeightType type, std::span<const std::byte> row, std::span<float> values) {
  const DequantizeBlock dequantize = function_of(type);
  INVARIANT(dequantize != nullptr);
  INVARIANT(row.size() == row_bytes(type, values.size()));
  const BlockGeometry& block = geometry(type);
  const size_t blocks = values.size() / block.values;
  const auto* const bytes = reinterpret_cast<const uint8_t*>(row.data());
  for (size_t index = 0; index < blocks; ++index) {
    dequantize(bytes + index * block.bytes, values.data() + index * block.values);
  }
}

}  // namespace engine::gguf
