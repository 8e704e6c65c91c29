// The types IQ1 to IQ3 (blocks of 256), read 32 values at a time. Each of the structs is a type:
//   weight = factor · d · scale · (level − zero)
//   level  = base + byte, or base − byte where the value is negative
// Everything here is in an unnamed namespace, so that what is compiled for some instruction set is
// kept for it. Loops are unrolled, since a unit that lies in memory takes three times as long.
#pragma once

#include "engine/gguf/grid_units_iq2.h"

namespace engine::gguf {
namespace {

// half d; index[64]; for 32 values signs of 7 bits each and a scale of 4
struct Iq3Xxs : DFirst {
  static constexpr int block_bytes = 98, zero = 62, base = zero;
  static constexpr float factor = 0.25f;
  static GridUnit unit(const uint8_t* block, int u) {
    const uint8_t* const index = block + 2 + 8 * u;
    const uint32_t rest = word_at(block + 66 + 4 * u);
    GridUnit unit;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      unit.bytes[i] =
          two_points(iq3_xxs_grid.points[index[2 * i]], iq3_xxs_grid.points[index[2 * i + 1]]);
    }
    unit.negative = even_signs(rest);
    unit.scales[0] = unit.scales[1] = odd_scale(rest >> 28);
    return unit;
  }
};

// half d; index[64]; high[8], one more bit of each index; signs[32]; scales[4] of 4 bits
struct Iq3S : DFirst {
  static constexpr int block_bytes = 110, zero = 15, base = zero;
  static constexpr float factor = 1;
  static GridUnit unit(const uint8_t* block, int u) {
    const uint8_t* const index = block + 2 + 8 * u;
    const uint32_t high = block[66 + u];
    GridUnit unit;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      unit.bytes[i] =
          two_points(iq3_s_grid.points[index[2 * i] | (high >> 2 * i & 1) << 8],
                     iq3_s_grid.points[index[2 * i + 1] | (high >> (2 * i + 1) & 1) << 8]);
    }
    unit.negative = word_at(block + 74 + 4 * u);
    unit.scales[0] = unit.scales[1] = odd_scale(block[106 + u / 2] >> u % 2 * 4 & 15);
    return unit;
  }
};

// Eight levels of IQ1, an eighth of a value further up or down.
inline uint64_t iq1_levels(uint32_t index, bool down) {
  constexpr uint64_t ones = 0x0101010101010101;
  const uint64_t point = iq1_grid.points[index];
  return down ? point - ones : point + ones;
}

// half d; index[32]; u16 for 32 values: 3 more bits of each index, a scale of 3, and which way
struct Iq1S : DFirst {
  static constexpr int block_bytes = 50, zero = 9, base = 0;
  static constexpr float factor = 0.125f;
  static GridUnit unit(const uint8_t* block, int u) {
    const uint8_t* const index = block + 2 + 4 * u;
    const uint32_t more = u16_at(block + 34 + 2 * u);
    GridUnit unit;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      unit.bytes[i] = iq1_levels(index[i] | (more >> 3 * i & 7) << 8, more >> 15);
    }
    unit.negative = 0;
    unit.scales[0] = unit.scales[1] = odd_scale(more >> 12 & 7);
    return unit;
  }
};

// index[32]; high[16], 3 more bits of each index and which way; u16 scales[4] of four times 3 bits
// for 16 values, and 4 bits of d, the lowest first
struct Iq1M {
  static constexpr int block_bytes = 56, zero = 9, base = 0;
  static constexpr float factor = 0.125f;
  static uint16_t d(const uint8_t* block) {
    return static_cast<uint16_t>(block[49] >> 4 | (block[51] & 0xf0) | (block[53] & 0xf0) << 4 |
                                 (block[55] & 0xf0) << 8);
  }
  static GridUnit unit(const uint8_t* block, int u) {
    const uint8_t* const index = block + 4 * u;
    const uint32_t scales = u16_at(block + 48 + u / 2 * 2) >> u % 2 * 6;
    GridUnit unit;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const uint32_t more = block[32 + 2 * u + i / 2] >> i % 2 * 4;
      unit.bytes[i] = iq1_levels(index[i] | (more & 7) << 8, more & 8);
    }
    unit.negative = 0;
    unit.scales[0] = odd_scale(scales & 7);
    unit.scales[1] = odd_scale(scales >> 3 & 7);
    return unit;
  }
};

}  // namespace
}  // namespace engine::gguf
