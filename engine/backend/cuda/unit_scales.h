// What a unit's levels are scaled with, from what load_unit.h fetched:
// weight = scale · level + offset.
#pragma once

#include "engine/backend/cuda/load_unit.h"

namespace engine::backend::cuda {

// Whether the two runs of a unit share scale and offset.
ANYWHERE constexpr bool runs_share_scale(Format format) {
  return format == Format::q8_0 || format == Format::q4 || format == Format::k;
}

template <Format format>
DEVICE void both(Unit<format>& unit, float scale, float offset) {
  unit.scale[0] = unit.scale[1] = scale;
  unit.offset[0] = unit.offset[1] = offset;
}

// A byte with a sign, the `run`th, of what is shared by 16 values, times what 256 share.
template <Format format>
DEVICE void signed_scales(float d, float zero, Unit<format>& unit) {
#pragma unroll
  for (int run = 0; run < 2; ++run) {
    unit.scale[run] = d * static_cast<float>(static_cast<int8_t>(unit.head[0] >> run * 8 & 0xff));
    unit.offset[run] = zero * unit.scale[run];
  }
}

// Eight units share half d and dmin; each has a scale and a minimum of 6 bits: a byte with the
// scale and the two low bits of the minimum, and four bits with the rest of it (repack.cu,
// k_header()).
DEVICE void set_k_scales(int index, Unit<Format::k>& unit) {
  const unsigned part = part_of(index);
  const uint32_t low = byte_of(unit.head[1], unit.head[2], part);
  const uint32_t scale = low & 63;
  const uint32_t minimum = (low >> 6 & 3) | (unit.head[3] >> part * 4 & 15) << 2;
  both(unit, half_to_float(unit.head[0] & 0xffff) * static_cast<float>(scale),
       -half_to_float(unit.head[0] >> 16) * static_cast<float>(minimum));
}

DEVICE void set_few_bits_scales(int type, Unit<Format::other>& unit) {
  if (type == type_q3_k) return signed_scales(half_to_float(unit.head[1]), -4.0f, unit);
  const float d = half_to_float(unit.head[1] & 0xffff), minimum = half_to_float(unit.head[1] >> 16);
  for (int run = 0; run < 2; ++run) {
    const uint32_t byte = unit.head[0] >> run * 8 & 0xff;
    unit.scale[run] = d * static_cast<float>(byte & 15);
    unit.offset[run] = -minimum * static_cast<float>(byte >> 4);
  }
}

DEVICE float table_scale(int type, const Unit<Format::other>& unit) {
  const uint32_t byte = unit.head[0];
  if (type == type_iq4_nl) return half_to_float(byte);
  if (type == type_mxfp4) {  // 2^(byte − 128), also where that is subnormal
    return byte < 2 ? bits_to_float(0x00200000u << byte) : bits_to_float((byte - 1u) << 23);
  }
  return half_to_float(unit.head[1]) * static_cast<float>(static_cast<int8_t>(byte));
}

// The factors of gguf/grid_units.h.
ANYWHERE constexpr float grid_factor(int type) {
  return type == type_iq3_s ? 1.0f : type == type_iq3_xxs ? 0.25f : 0.125f;
}

// Of a unit that fetch_unit() gave, with the same arguments.
template <Format format>
DEVICE void set_scales(int type, int index, bool four_bits, Unit<format>& unit) {
  if constexpr (format == Format::f32 || format == Format::f16) {
    both(unit, 1, 0);
  } else if constexpr (format == Format::q8_0) {
    // Levels are stored with 128 added, so that they are bytes without a sign.
    const float scale = half_to_float(unit.head[0]);
    both(unit, scale, -128.0f * scale);
  } else if constexpr (format == Format::q4) {
    const float scale = half_to_float(unit.head[0] & 0xffff);
    both(unit, scale,
         has_minima(type) ? half_to_float(unit.head[0] >> 16)
                          : scale * (four_bits ? -8.0f : -16.0f));
  } else if constexpr (format == Format::k) {
    set_k_scales(index, unit);
  } else if constexpr (format == Format::q6_k) {
    signed_scales(half_to_float(unit.head[1]), -32.0f, unit);
  } else if (type == type_q2_k || type == type_q3_k) {
    set_few_bits_scales(type, unit);
  } else if (is_of_grid(type)) {
    signed_scales(grid_factor(type) * half_to_float(unit.head[1]), 0.0f, unit);
  } else {
    both(unit, table_scale(type, unit), 0);
  }
}

template <Format format>
DEVICE void load_unit(const DeviceMatrix& m, size_t row, int index, Unit<format>& unit) {
  const bool four_bits = has_four_bits(m.type);
  fetch_unit(m, row, index, four_bits, unit);
  set_scales(m.type, index, four_bits, unit);
}

}  // namespace engine::backend::cuda
