// From the planes of matrix.h into registers: a unit's levels, as they are packed, and its scales.
// unpack.h makes floats of them.
#pragma once

#include "engine/backend/cuda/matrix.h"

namespace engine::backend::cuda {

// Runs share what they can: words[0–3] are the 4-bit levels of both, or 8 words hold bytes.
template <Format format>
struct Unit {
  uint32_t words[format == Format::f32 ? 32 : format == Format::f16 ? 16 : 8];
  uint32_t high[2];
  float scale[2], offset[2];
};

template <int count>
DEVICE void load_words(const View<const uint8_t>& data, size_t from, uint32_t* words) {
#pragma unroll
  for (int i = 0; i < count; i += 4) {
    const Words4 four = load_weights(data, from + i * 4);
    words[i] = four.x, words[i + 1] = four.y, words[i + 2] = four.z, words[i + 3] = four.w;
  }
}

DEVICE float load_half(const DeviceMatrix& m, size_t at) {
  return half_to_float(load_weights2(m.data, at));
}

// Byte `index` of two, four or sixteen bytes at `at`, loaded in the widest way.
DEVICE int load_byte(const DeviceMatrix& m, size_t at) {
  return load_weights2(m.data, at & ~size_t{1}) >> (at & 1) * 8 & 0xff;
}

template <Format format>
DEVICE void both(Unit<format>& unit, float scale, float offset) {
  unit.scale[0] = unit.scale[1] = scale;
  unit.offset[0] = unit.offset[1] = offset;
}

DEVICE void load_linear(const DeviceMatrix& m, size_t row, int index, Unit<Format::q4>& unit) {
  load_words<4>(m.data, row + size_t(index) * 16, unit.words);
  const bool five = m.type == type_q5_0 || m.type == type_q5_1;
  unit.high[0] = five ? load_weights4(m.data, row + m.layout.high + size_t(index) * 4) : 0;
  if (m.type == type_q4_1 || m.type == type_q5_1) {
    const uint32_t two = load_weights4(m.data, row + m.layout.scales + size_t(index) * 4);
    both(unit, half_to_float(two & 0xffff), half_to_float(two >> 16));
  } else {
    const float scale = load_half(m, row + m.layout.scales + size_t(index) * 2);
    both(unit, scale, scale * (five ? -16.0f : -8.0f));
  }
}

// 16 bytes for eight units: half d and dmin, then a scale and a minimum of 6 bits for each.
DEVICE void set_k_scales(const Words4& header, int index, Unit<Format::k>& unit) {
  const int part = index % 8, shift = part % 4 * 8;
  const uint32_t low = header.y >> shift & 0xff, middle = header.z >> shift & 0xff;
  const uint32_t top = header.w >> shift & 0xff;
  const uint32_t scale = part < 4 ? low & 63 : (top & 15) | low >> 6 << 4;
  const uint32_t minimum = part < 4 ? middle & 63 : top >> 4 | middle >> 6 << 4;
  both(unit, half_to_float(header.x & 0xffff) * static_cast<float>(scale),
       -half_to_float(header.x >> 16) * static_cast<float>(minimum));
}

DEVICE void load_k(const DeviceMatrix& m, size_t row, int index, Unit<Format::k>& unit) {
  load_words<4>(m.data, row + size_t(index) * 16, unit.words);
  unit.high[0] =
      m.type == type_q5_k ? load_weights4(m.data, row + m.layout.high + size_t(index) * 4) : 0;
  set_k_scales(load_weights(m.data, row + m.layout.blocks + size_t(index / 8) * 16), index, unit);
}

// A byte with a sign for each run, times what eight units share.
DEVICE void set_q6_k_scales(uint32_t scales, float d, Unit<Format::q6_k>& unit) {
  for (int run = 0; run < 2; ++run) {
    unit.scale[run] = d * static_cast<float>(static_cast<int8_t>(scales >> run * 8 & 0xff));
    unit.offset[run] = -32.0f * unit.scale[run];
  }
}

DEVICE void load_q6_k(const DeviceMatrix& m, size_t row, int index, Unit<Format::q6_k>& unit) {
  load_words<4>(m.data, row + size_t(index) * 16, unit.words);
  unit.high[0] = load_weights4(m.data, row + m.layout.high + size_t(index) * 8);
  unit.high[1] = load_weights4(m.data, row + m.layout.high + size_t(index) * 8 + 4);
  const float d = load_half(m, row + m.layout.blocks + size_t(index / 8) * 2);
  set_q6_k_scales(load_weights2(m.data, row + m.layout.scales + size_t(index) * 2), d, unit);
}

// Types with 2- or 3-bit levels: words[0–1] hold the two low bits.
DEVICE void load_few_bits(const DeviceMatrix& m, size_t row, int index, Unit<Format::other>& unit) {
  for (int run = 0; run < 2; ++run) {
    unit.words[run] = load_weights4(m.data, row + size_t(index) * 8 + run * 4);
  }
  const uint16_t scales = load_weights2(m.data, row + m.layout.scales + size_t(index) * 2);
  if (m.type == type_q3_k) {
    unit.high[0] = load_weights4(m.data, row + m.layout.high + size_t(index) * 4);
    const float d = load_half(m, row + m.layout.blocks + size_t(index / 8) * 2);
    for (int run = 0; run < 2; ++run) {
      unit.scale[run] = d * static_cast<float>(static_cast<int8_t>(scales >> run * 8 & 0xff));
      unit.offset[run] = -4.0f * unit.scale[run];
    }
    return;
  }
  unit.high[0] = 0;
  const uint32_t two = load_weights4(m.data, row + m.layout.blocks + size_t(index / 8) * 4);
  for (int run = 0; run < 2; ++run) {
    const int byte = scales >> run * 8 & 0xff;
    unit.scale[run] = half_to_float(two & 0xffff) * static_cast<float>(byte & 15);
    unit.offset[run] = -half_to_float(two >> 16) * static_cast<float>(byte >> 4);
  }
}

// The scale of a unit whose 4-bit levels index a table.
DEVICE float table_scale(const DeviceMatrix& m, size_t row, int index) {
  if (m.type == type_iq4_nl) return load_half(m, row + m.layout.scales + size_t(index) * 2);
  const int byte = load_byte(m, row + m.layout.scales + index);
  if (m.type == type_mxfp4) {  // 2^(byte − 128), also where that is subnormal
    return byte < 2 ? bits_to_float(0x00200000u << byte) : bits_to_float((byte - 1u) << 23);
  }
  const float d = load_half(m, row + m.layout.blocks + size_t(index / 8) * 2);
  return d * static_cast<float>(static_cast<int8_t>(byte));
}

template <Format format>
DEVICE void load_unit(const DeviceMatrix& m, size_t row, int index, Unit<format>& unit) {
  if constexpr (format == Format::f32) {
    load_words<32>(m.data, row + size_t(index) * 128, unit.words);
    both(unit, 1, 0);
  } else if constexpr (format == Format::f16) {
    load_words<16>(m.data, row + size_t(index) * 64, unit.words);
    both(unit, 1, 0);
  } else if constexpr (format == Format::q8_0) {
    load_words<8>(m.data, row + size_t(index) * 32, unit.words);
    // Levels are stored with 128 added, so that they are bytes without a sign.
    const float scale = load_half(m, row + m.layout.scales + size_t(index) * 2);
    both(unit, scale, -128.0f * scale);
  } else if constexpr (format == Format::q4) {
    load_linear(m, row, index, unit);
  } else if constexpr (format == Format::k) {
    load_k(m, row, index, unit);
  } else if constexpr (format == Format::q6_k) {
    load_q6_k(m, row, index, unit);
  } else if (m.type == type_q2_k || m.type == type_q3_k) {
    load_few_bits(m, row, index, unit);
  } else {
    load_words<4>(m.data, row + size_t(index) * 16, unit.words);
    both(unit, table_scale(m, row, index), 0);
  }
}

}  // namespace engine::backend::cuda
