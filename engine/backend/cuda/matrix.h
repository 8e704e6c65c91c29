// Weights on the device. A row's values are cut into units of 32, the last one filled up with
// zeros, and its bytes into planes (all levels, then all high bits, then all scales), each aligned
// to 16 bytes: a lane takes the levels of a whole unit in one or two loads of 16 bytes, whatever
// the type. Rows are repacked when they are uploaded (repack.h); nothing is rounded on the way.
//
// In a unit's 16 bytes of 4-bit levels, byte j holds value j (low) and value j + 16 (high). So a
// unit falls into two runs of 16 values, and each run has one scale and one offset:
// weight = scale · level + offset.
#pragma once

#include "engine/backend/cuda/view.h"

namespace engine::backend::cuda {

inline constexpr int unit_values = 32;

// What kernels tell apart; `other` looks at the type once more, since it is rare.
enum class Format : int32_t { f32, f16, q8_0, q4, k, q6_k, other };

// gguf::WeightType's numbers, for kernels.
enum : int {
  type_f16 = 1,
  type_q4_0 = 2,
  type_q4_1 = 3,
  type_q5_0 = 6,
  type_q5_1 = 7,
  type_q2_k = 10,
  type_q3_k = 11,
  type_q4_k = 12,
  type_q5_k = 13,
  type_iq2_xxs = 16,
  type_iq2_xs = 17,
  type_iq3_xxs = 18,
  type_iq1_s = 19,
  type_iq4_nl = 20,
  type_iq3_s = 21,
  type_iq2_s = 22,
  type_iq4_xs = 23,
  type_iq1_m = 29,
  type_bf16 = 30,
  type_mxfp4 = 39
};

// Of the types whose levels may have a fifth bit elsewhere: those that have none.
ANYWHERE bool has_four_bits(int32_t type) {
  return type == type_q4_0 || type == type_q4_1 || type == type_q4_k;
}

// IQ1 to IQ3: on the device their levels are four bits, a sign and an index into the type's
// magnitudes (unpack.h), and each 16 values have a scale.
ANYWHERE bool is_of_grid(int32_t type) {
  return (type >= type_iq2_xxs && type <= type_iq1_s) || type == type_iq3_s || type == type_iq2_s ||
         type == type_iq1_m;
}

// Where the planes of a row begin, in bytes; plane 0 begins with the row.
struct RowLayout {
  uint32_t high = 0;    // high bits of the levels
  uint32_t scales = 0;  // a scale for each unit or run
  uint32_t blocks = 0;  // what 256 values share
  uint32_t bytes = 0;   // of a row; a multiple of 16
};

struct DeviceMatrix {
  View<const uint8_t> data;
  int32_t rows = 0;
  int32_t columns = 0;
  int32_t units = 0;  // of a row
  int32_t lanes = 1;  // lanes_of(units)
  Format format = Format::f32;
  int32_t type = 0;  // gguf::WeightType
  RowLayout layout;

  // Without a sign, so that it is one product of 32 bits.
  ANYWHERE size_t row_at(int row) const {
    return size_t{static_cast<uint32_t>(row)} * layout.bytes;
  }
  ANYWHERE View<const uint8_t> row(int row) const { return data.from(row_at(row)); }
};

// What is known of the type of weights when a kernel is compiled. One that may meet any type is
// several times as long and wants more registers. `linear` is Format::q4; `one_of_these` is what
// the persistent kernel takes: q8_0, q4_k or q6_k by bytes of x, and all but Format::other by its
// floats.
enum class Known : int32_t { nothing, floats, q8_0, linear, q4_k, q6_k, one_of_these };

inline Known known_of(const DeviceMatrix& m) {
  if (m.format == Format::f32 || m.format == Format::f16) return Known::floats;
  if (m.format == Format::q8_0) return Known::q8_0;
  if (m.format == Format::q4) return Known::linear;
  if (m.type == type_q4_k) return Known::q4_k;
  return m.format == Format::q6_k ? Known::q6_k : Known::nothing;
}

// Of matrices of which one may be missing.
inline Known known_of_both(const DeviceMatrix& one, const DeviceMatrix& other) {
  const Known known = known_of(one.units > 0 ? one : other);
  return one.units == 0 || other.units == 0 || known_of(other) == known ? known : Known::nothing;
}

// Activations are float32. So that 32 lanes which each want 4 values of their own unit read 512
// neighbouring bytes, `group` units (a power of two) are interleaved by fours: first the values
// 0–3 of each unit, then the values 4–7. A group of 1 leaves the values in order.
ANYWHERE size_t interleaved_four(int unit, int four, int group) {
  // Without a division, which would cost more than the load that follows.
  const int in_group = unit & (group - 1);
  return (size_t(unit - in_group) * 8 + size_t(four) * group + in_group) * 4;
}
ANYWHERE size_t interleaved(unsigned index, int group) {
  return interleaved_four(index / unit_values, index % unit_values / 4, group) + index % 4;
}

// The group of a row of `units`: 32, or as many as there are.
inline int group_of(int units) {
  int group = 1;
  while (group < units && group < 32) group *= 2;
  return group;
}
inline int units_of(int columns) { return (columns + unit_values - 1) / unit_values; }
// Floats that an interleaved row takes.
inline int row_floats(int columns) {
  const int units = units_of(columns), group = group_of(units);
  return (units + group - 1) / group * group * unit_values;
}

// How many lanes share a row: as many as leave at most a tenth of them idle. It depends on the
// width alone, so that the order of additions does.
inline int lanes_of(int units) {
  for (int lanes = group_of(units); lanes > 1; lanes /= 2) {
    const int rounds = (units + lanes - 1) / lanes;
    if (10 * rounds * lanes <= 11 * units) return lanes;
  }
  return 1;
}

}  // namespace engine::backend::cuda
