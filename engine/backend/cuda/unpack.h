// From the packed levels of a unit (load_unit.h) to 16 floats, a run at a time.
#pragma once

#include "engine/backend/cuda/unit_scales.h"

namespace engine::backend::cuda {

// Level q of IQ4_NL and IQ4_XS, or of MXFP4.
DEVICE float table_level(int type, int q) {
  // Bytes with 128 added, four levels a word; facts of the formats.
  constexpr uint32_t iq4[4] = {0x3f2d1801, 0x766a5d4f, 0xa6998d81, 0xf1d9c5b5};
  constexpr uint32_t fp4[4] = {0x83828180, 0x8c888684, 0x7d7e7f80, 0x74787a7c};
  const int word = q / 4;
  uint32_t four = type == type_mxfp4 ? fp4[0] : iq4[0];
  if (word == 1) four = type == type_mxfp4 ? fp4[1] : iq4[1];
  if (word == 2) four = type == type_mxfp4 ? fp4[2] : iq4[2];
  if (word == 3) four = type == type_mxfp4 ? fp4[3] : iq4[3];
  return byte_to_float(four, q % 4) - 128.0f;
}

// Magnitude `index` of a type that is_of_grid(), four a word; facts of the formats.
DEVICE float grid_magnitude(int type, int index) {
  uint32_t first = 0x002b1908, second = 0;  // IQ2
  if (type == type_iq3_xxs) first = 0x1c140c04, second = 0x3e342c24;
  if (type == type_iq3_s) first = 0x07050301, second = 0x0f0d0b09;
  if (type == type_iq1_s || type == type_iq1_m) first = 0x00090701;
  return byte_to_float(index < 4 ? first : second, index % 4);
}

DEVICE float grid_level(int type, int q) {
  const float magnitude = grid_magnitude(type, q & 7);
  return q < 8 ? magnitude : -magnitude;
}

DEVICE void other_levels(const Unit<Format::other>& unit, int type, int run, float (&q)[16]) {
#pragma unroll
  for (int i = 0; i < 16; ++i) {
    if (type == type_q2_k || type == type_q3_k) {
      const int low = unit.words[run] >> (i % 4 * 8 + i / 4 * 2) & 3;
      const int high = unit.high[0] >> (i % 4 * 8 + run * 4 + i / 4) & 1;
      q[i] = static_cast<float>(low | high << 2);
    } else {
      const int level = unit.words[i / 4] >> (i % 4 * 8 + run * 4) & 15;
      q[i] = is_of_grid(type) ? grid_level(type, level) : table_level(type, level);
    }
  }
}

// Four levels as bytes: values run · 16 + word · 4 and the three behind it. Levels of four bits
// need no look at the high ones.
template <Format format>
DEVICE uint32_t level_bytes(const Unit<format>& unit, int run, int word, bool four_bits) {
  uint32_t bytes = format == Format::q8_0 ? unit.words[run * 4 + word]
                                          : unit.words[word] >> run * 4 & 0x0f0f0f0fu;
  if ((format == Format::q4 || format == Format::k) && !four_bits) {
    bytes |= (unit.high[0] >> (run * 4 + word) & 0x01010101u) << 4;
  }
  if (format == Format::q6_k) bytes |= (unit.high[run] >> word * 2 & 0x03030303u) << 4;
  return bytes;
}

template <Format format>
DEVICE void levels_of_run(const Unit<format>& unit, int type, int run, float (&q)[16]) {
  if constexpr (format == Format::other) {
    other_levels(unit, type, run, q);
  } else if constexpr (format == Format::f32) {
#pragma unroll
    for (int i = 0; i < 16; ++i) q[i] = bits_to_float(unit.words[run * 16 + i]);
  } else if constexpr (format == Format::f16) {
    const uint32_t* const words = unit.words + run * 8;
    if (type == type_bf16) {
#pragma unroll
      for (int i = 0; i < 16; ++i) q[i] = bits_to_float(words[i / 2] >> i % 2 * 16 << 16);
    } else {
#pragma unroll
      for (int i = 0; i < 16; ++i) q[i] = half_to_float(words[i / 2] >> i % 2 * 16 & 0xffff);
    }
  } else {
#pragma unroll
    for (int w = 0; w < 4; ++w) {
      const uint32_t bytes = level_bytes(unit, run, w, has_four_bits(type));
#pragma unroll
      for (int e = 0; e < 4; ++e) q[w * 4 + e] = byte_to_float(bytes, e);
    }
  }
}

}  // namespace engine::backend::cuda
