// IQ2's types, as grid_units.h has all of them.
#pragma once

#include "engine/gguf/grid_unit.h"

namespace engine::gguf {
namespace {

// half d; for 32 values: index[4], signs of 7 bits each and a scale of 4
struct Iq2Xxs : DFirst {
  static constexpr int block_bytes = 66, zero = 43, base = zero;
  static constexpr float factor = 0.125f;
  static GridUnit unit(const uint8_t* block, int u) {
    const uint8_t* const index = block + 2 + 8 * u;
    const uint32_t rest = word_at(index + 4);
    GridUnit unit;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) unit.bytes[i] = iq2_xxs_grid.points[index[i]];
    unit.negative = even_signs(rest);
    unit.scales[0] = unit.scales[1] = odd_scale(rest >> 28);
    return unit;
  }
};

// half d; u16 [32] of an index of 9 bits and signs; scales[8] of 4 bits for 16 values
struct Iq2Xs : DFirst {
  static constexpr int block_bytes = 74, zero = 43, base = zero;
  static constexpr float factor = 0.125f;
  static GridUnit unit(const uint8_t* block, int u) {
    GridUnit unit;
    uint32_t signs = 0;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const uint32_t both = u16_at(block + 2 + 8 * u + 2 * i);
      unit.bytes[i] = iq2_xs_grid.points[both & 511];
      signs |= both >> 9 << 7 * i;
    }
    unit.negative = even_signs(signs);
    unit.scales[0] = odd_scale(block[66 + u] & 15);
    unit.scales[1] = odd_scale(block[66 + u] >> 4);
    return unit;
  }
};

// half d; index[32]; signs[32]; high[8], two more bits of each index; scales[8] as above
struct Iq2S : DFirst {
  static constexpr int block_bytes = 82, zero = 43, base = zero;
  static constexpr float factor = 0.125f;
  static GridUnit unit(const uint8_t* block, int u) {
    const uint8_t* const index = block + 2 + 4 * u;
    GridUnit unit;
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      unit.bytes[i] = iq2_s_grid.points[index[i] | (block[66 + u] >> 2 * i & 3) << 8];
    }
    unit.negative = word_at(index + 32);
    unit.scales[0] = odd_scale(block[74 + u] & 15);
    unit.scales[1] = odd_scale(block[74 + u] >> 4);
    return unit;
  }
};

}  // namespace
}  // namespace engine::gguf
