// From the planes of matrix.h into registers: a unit's levels and what its scales are made of, as
// they lie in memory, so that nothing waits for a load before it is needed. unit_scales.h and
// unpack.h make floats of them.
#pragma once

#include "engine/backend/cuda/matrix.h"

namespace engine::backend::cuda {

// Runs share what they can: words[0–3] are the 4-bit levels of both, or 8 words hold bytes.
template <Format format>
struct Unit {
  static constexpr int word_count = format == Format::f32                               ? 32
                                    : format == Format::f16                             ? 16
                                    : format == Format::q8_0 || format == Format::other ? 8
                                                                                        : 4;
  uint32_t words[word_count];
  uint32_t high[2];
  uint32_t head[format == Format::k ? 4 : 2];
  float scale[2], offset[2];  // set_scales()
};

template <int count>
DEVICE void load_words(const View<const uint8_t>& data, size_t from, uint32_t* words) {
#pragma unroll
  for (int i = 0; i < count; i += 4) {
    const Words4 four = load_weights(data, from + i * 4);
    words[i] = four.x, words[i + 1] = four.y, words[i + 2] = four.z, words[i + 3] = four.w;
  }
}

// Byte `index` of two, four or sixteen bytes at `at`, loaded in the widest way.
DEVICE uint32_t load_byte(const DeviceMatrix& m, size_t at) {
  return load_weights2(m.data, at & ~size_t{1}) >> (at & 1) * 8 & 0xff;
}

// Of a unit's place in what 256 values share; without a sign, since a shift is less than a
// division.
ANYWHERE unsigned block_of(int index) { return static_cast<unsigned>(index) / 8; }
ANYWHERE unsigned part_of(int index) { return static_cast<unsigned>(index) % 8; }

// Types with a minimum beside each scale have both in one word.
ANYWHERE bool has_minima(int type) { return type == type_q4_1 || type == type_q5_1; }

DEVICE void fetch_linear(const DeviceMatrix& m, size_t row, int index, bool four_bits,
                         Unit<Format::q4>& unit) {
  load_words<4>(m.data, row + size_t(index) * 16, unit.words);
  unit.high[0] = four_bits ? 0 : load_weights4(m.data, row + m.layout.high + size_t(index) * 4);
  unit.head[0] = has_minima(m.type)
                     ? load_weights4(m.data, row + m.layout.scales + size_t(index) * 4)
                     : load_weights2(m.data, row + m.layout.scales + size_t(index) * 2);
}

DEVICE void fetch_k(const DeviceMatrix& m, size_t row, int index, bool four_bits,
                    Unit<Format::k>& unit) {
  load_words<4>(m.data, row + size_t(index) * 16, unit.words);
  load_words<4>(m.data, row + m.layout.blocks + size_t(block_of(index)) * 16, unit.head);
  unit.high[0] = four_bits ? 0 : load_weights4(m.data, row + m.layout.high + size_t(index) * 4);
}

DEVICE void fetch_q6_k(const DeviceMatrix& m, size_t row, int index, Unit<Format::q6_k>& unit) {
  load_words<4>(m.data, row + size_t(index) * 16, unit.words);
  unit.high[0] = load_weights4(m.data, row + m.layout.high + size_t(index) * 8);
  unit.high[1] = load_weights4(m.data, row + m.layout.high + size_t(index) * 8 + 4);
  unit.head[0] = load_weights2(m.data, row + m.layout.scales + size_t(index) * 2);
  unit.head[1] = load_weights2(m.data, row + m.layout.blocks + size_t(block_of(index)) * 2);
}

// Types with 2- or 3-bit levels: words[0–1] hold the two low bits.
DEVICE void fetch_few_bits(const DeviceMatrix& m, size_t row, int index,
                           Unit<Format::other>& unit) {
  for (int run = 0; run < 2; ++run) {
    unit.words[run] = load_weights4(m.data, row + size_t(index) * 8 + run * 4);
  }
  unit.head[0] = load_weights2(m.data, row + m.layout.scales + size_t(index) * 2);
  const size_t block = row + m.layout.blocks, in_plane = block_of(index);
  const bool three = m.type == type_q3_k;
  unit.high[0] = three ? load_weights4(m.data, row + m.layout.high + size_t(index) * 4) : 0;
  unit.head[1] = three ? load_weights2(m.data, block + in_plane * 2)
                       : load_weights4(m.data, block + in_plane * 4);
}

// Types whose 4-bit levels index a table.
DEVICE void fetch_of_table(const DeviceMatrix& m, size_t row, int index,
                           Unit<Format::other>& unit) {
  load_words<4>(m.data, row + size_t(index) * 16, unit.words);
  unit.head[1] = 0;
  if (m.type == type_iq4_nl) {
    unit.head[0] = load_weights2(m.data, row + m.layout.scales + size_t(index) * 2);
    return;
  }
  if (is_of_grid(m.type)) {
    unit.head[0] = load_weights2(m.data, row + m.layout.scales + size_t(index) * 2);
    unit.head[1] = load_weights2(m.data, row + m.layout.blocks + size_t(block_of(index)) * 2);
    return;
  }
  unit.head[0] = load_byte(m, row + m.layout.scales + index);
  if (m.type == type_mxfp4) return;
  unit.head[1] = load_weights2(m.data, row + m.layout.blocks + size_t(block_of(index)) * 2);
}

// `four_bits`: has_four_bits() of the type.
template <Format format>
DEVICE void fetch_unit(const DeviceMatrix& m, size_t row, int index, bool four_bits,
                       Unit<format>& unit) {
  if constexpr (format == Format::f32) {
    load_words<32>(m.data, row + size_t(index) * 128, unit.words);
  } else if constexpr (format == Format::f16) {
    load_words<16>(m.data, row + size_t(index) * 64, unit.words);
  } else if constexpr (format == Format::q8_0) {
    load_words<8>(m.data, row + size_t(index) * 32, unit.words);
    unit.head[0] = load_weights2(m.data, row + m.layout.scales + size_t(index) * 2);
  } else if constexpr (format == Format::q4) {
    fetch_linear(m, row, index, four_bits, unit);
  } else if constexpr (format == Format::k) {
    fetch_k(m, row, index, four_bits, unit);
  } else if constexpr (format == Format::q6_k) {
    fetch_q6_k(m, row, index, unit);
  } else if (m.type == type_q2_k || m.type == type_q3_k) {
    fetch_few_bits(m, row, index, unit);
  } else {
    fetch_of_table(m, row, index, unit);
  }
}

}  // namespace engine::backend::cuda
