// What the writers of blocks share. dequantize.cpp says what the bytes of a block mean.
#pragma once

#include <cstdint>
#include <cstring>

namespace engine::gguf {

// The bytes of one block from its values.
using QuantizeBlock = void (*)(const float* values, uint8_t* block);

// The 256-value types (quantize_k.cpp) and those with a table of levels (quantize_table.cpp).
void quantize_q2_k(const float* values, uint8_t* block);
void quantize_q3_k(const float* values, uint8_t* block);
void quantize_q4_k(const float* values, uint8_t* block);
void quantize_q5_k(const float* values, uint8_t* block);
void quantize_q6_k(const float* values, uint8_t* block);
void quantize_iq4_nl(const float* values, uint8_t* block);
void quantize_iq4_xs(const float* values, uint8_t* block);
void quantize_mxfp4(const float* values, uint8_t* block);

template <typename T>
void write(uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// The nearest whole number from `least` to `most`; `least` for NaN.
inline int nearest_level(float value, int least, int most) {
  if (!(value > static_cast<float>(least))) return least;
  if (value >= static_cast<float>(most)) return most;
  return static_cast<int>(value - static_cast<float>(least) + 0.5f) + least;
}

inline float inverse_of(float scale) { return scale != 0 ? 1 / scale : 0; }

// The value farthest from zero, with its sign; the first of equals. 0 where nothing compares.
inline float farthest_from_zero(const float* values, int count) {
  float farthest = 0, magnitude = 0;
  for (int i = 0; i < count; ++i) {
    const float own = values[i] < 0 ? -values[i] : values[i];
    if (own > magnitude) {
      magnitude = own;
      farthest = values[i];
    }
  }
  return farthest;
}

}  // namespace engine::gguf
