// Weights straight from memory into the fragments of a tensor core's product, with no detour
// through shared memory: lane 4g + t takes a whole unit of rows g and g + 8, as it lies in memory,
// and unpacks four neighbouring values of each for every product. What a product calls its columns
// is up to us, as long as the activations are put in the same order (gemm.cu).
//
// A unit is fetched one step before it is unpacked, so that its loads are under way meanwhile.
#pragma once

#include "engine/backend/cuda/unpack.h"

namespace engine::backend::cuda {

DEVICE uint32_t two_halves(float value) { return pack_halves(value, value); }

// A unit of a format whose levels are bytes or less; four_bits as in has_four_bits().
template <Format format, bool four_bits>
class FragmentUnit {
 public:
  // Values are so many times the weights: the scales of small weights stay normal halves.
  static constexpr float raised = 64;
  // Blocks that fit onto a processor with the registers it takes.
  static constexpr bool is_large = format == Format::q6_k || format == Format::other;
  static constexpr bool is_small = format == Format::k || (format == Format::q4 && four_bits);
  static constexpr int narrow_blocks = is_small ? 4 : 3;
  static constexpr int wide_blocks = is_large ? 2 : 3;
  static constexpr int group_blocks = is_small || format == Format::q6_k ? 2 : 1;

  DEVICE void fetch(const DeviceMatrix& m, size_t row, int index) {
    const RowLayout& at = m.layout;
    if constexpr (format == Format::other) {
      load_unit<format>(m, row, index, unit_);
    } else if constexpr (format == Format::q8_0) {
      load_words<8>(m.data, row + size_t(index) * 32, unit_.words);
      head_[0] = load_weights2(m.data, row + at.scales + size_t(index) * 2);
    } else {
      load_words<4>(m.data, row + size_t(index) * 16, unit_.words);
    }
    if constexpr (format == Format::q6_k) {
      unit_.high[0] = load_weights4(m.data, row + at.high + size_t(index) * 8);
      unit_.high[1] = load_weights4(m.data, row + at.high + size_t(index) * 8 + 4);
      head_[0] = load_weights2(m.data, row + at.scales + size_t(index) * 2);
      head_[1] = load_weights2(m.data, row + at.blocks + size_t(index / 8) * 2);
    }
    if constexpr ((format == Format::q4 || format == Format::k) && !four_bits) {
      unit_.high[0] = load_weights4(m.data, row + at.high + size_t(index) * 4);
    }
    if constexpr (format == Format::k) {
      const Words4 head = load_weights(m.data, row + at.blocks + size_t(index / 8) * 16);
      head_[0] = head.x, head_[1] = head.y, head_[2] = head.z, head_[3] = head.w;
    }
    if constexpr (format == Format::q4) {
      const bool two = m.type == type_q4_1 || m.type == type_q5_1;
      head_[0] = two ? load_weights4(m.data, row + at.scales + size_t(index) * 4)
                     : load_weights2(m.data, row + at.scales + size_t(index) * 2);
    }
  }

  // Before eight(); a unit that is not there counts as zeros.
  DEVICE void prepare(const DeviceMatrix& m, int index, bool there) {
    if constexpr (format == Format::q8_0) {
      const float scale = half_to_float(head_[0]);
      both(unit_, scale, -128.0f * scale);
    } else if constexpr (format == Format::q4) {
      const bool two = m.type == type_q4_1 || m.type == type_q5_1;
      const float scale = half_to_float(head_[0] & 0xffff);
      both(unit_, scale,
           two ? half_to_float(head_[0] >> 16) : scale * (four_bits ? -8.0f : -16.0f));
    } else if constexpr (format == Format::k) {
      set_k_scales({head_[0], head_[1], head_[2], head_[3]}, index, unit_);
    } else if constexpr (format == Format::q6_k) {
      set_q6_k_scales(head_[0], half_to_float(head_[1]), unit_);
    }
#pragma unroll
    for (int run = 0; run < 2; ++run) {
      const float factor = there ? raised : 0.0f;
      unit_.scale[run] *= factor, unit_.offset[run] *= factor;
      if constexpr (format == Format::other) continue;
      scale_[run] = two_halves(unit_.scale[run]);
      offset_[run] = two_halves(unit_.offset[run]);
    }
  }

  // Values run · 16 + part · 8 and the seven behind it, two in a word.
  DEVICE void eight(const DeviceMatrix& m, int run, int part, uint32_t (&to)[4]) const {
    if constexpr (format == Format::other) {
      float q[16];
      levels_of_run(unit_, m.type, run, q);
#pragma unroll
      for (int i = 0; i < 8; i += 2) {
        const float* const two = q + part * 8 + i;
        to[i / 2] = pack_halves(multiply_add(unit_.scale[run], two[0], unit_.offset[run]),
                                multiply_add(unit_.scale[run], two[1], unit_.offset[run]));
      }
    } else {
#pragma unroll
      for (int word = 0; word < 2; ++word) {
        const uint32_t bytes = level_bytes(unit_, run, part * 2 + word, four_bits);
        to[word * 2] = scale_bytes(bytes, 0, scale_[run], offset_[run]);
        to[word * 2 + 1] = scale_bytes(bytes, 1, scale_[run], offset_[run]);
      }
    }
  }

 private:
  Unit<format> unit_;
  uint32_t head_[4];
  uint32_t scale_[2], offset_[2];
};

}  // namespace engine::backend::cuda
