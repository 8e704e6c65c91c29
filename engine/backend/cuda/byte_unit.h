// A unit's levels times activations as bytes (byte_row.h). A step of one token is bound by its
// instructions as much as by memory, so products are added as integers as far as they share a
// scale.
#pragma once

#include "engine/backend/cuda/unpack.h"

namespace engine::backend::cuda {

DEVICE int dot_of_four(const uint32_t (&levels)[4], const Words4& x, int sum) {
  sum = dot4(levels[0], x.x, sum);
  sum = dot4(levels[1], x.y, sum);
  sum = dot4(levels[2], x.z, sum);
  return dot4(levels[3], x.w, sum);
}

// Σ level · x over a run, on top of `sum`.
template <Format format>
DEVICE int dot_of_run(const Unit<format>& unit, int run, bool four_bits, const Words4& x, int sum) {
  uint32_t levels[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) levels[i] = level_bytes(unit, run, i, four_bits);
  return dot_of_four(levels, x, sum);
}

// The same over both runs. Levels of four bits that lie high in their bytes count sixteen times,
// which one shift takes back.
template <Format format, bool four_bits>
DEVICE int dot_of_unit(const Unit<format>& unit, const Words4 (&x)[2]) {
  const int low = dot_of_run(unit, 0, four_bits, x[0], 0);
  if constexpr (!four_bits) return dot_of_run(unit, 1, four_bits, x[1], low);
  uint32_t high[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) high[i] = unit.words[i] & 0xf0f0f0f0u;
  return low + (dot_of_four(high, x[1], 0) >> 4);
}

// What a unit adds to its row, but for the activations' scale.
template <Format format, bool four_bits>
DEVICE float part_of_row(const Unit<format>& unit, const Words4 (&x)[2], const Int2& sums) {
  if constexpr (runs_share_scale(format)) {
    const int total = dot_of_unit<format, four_bits>(unit, x);
    return multiply_add(unit.scale[0], static_cast<float>(total),
                        unit.offset[0] * static_cast<float>(sums.x + sums.y));
  } else {
    const int first = dot_of_run(unit, 0, four_bits, x[0], -32 * sums.x);
    const int second = dot_of_run(unit, 1, four_bits, x[1], -32 * sums.y);
    return multiply_add(unit.scale[1], static_cast<float>(second),
                        unit.scale[0] * static_cast<float>(first));
  }
}

}  // namespace engine::backend::cuda
