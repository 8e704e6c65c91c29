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
    fetch_unit(m, row, index, four_bits, unit_);
  }

  // Before eight(); a unit that is not there counts as zeros.
  DEVICE void prepare(const DeviceMatrix& m, int index, bool there) {
    set_scales(m.type, index, four_bits, unit_);
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
  uint32_t scale_[2], offset_[2];
};

}  // namespace engine::backend::cuda
