// What the second half of experts.h is divided into for warps.
#pragma once

#include "engine/backend/cuda/experts.h"

namespace engine::backend::cuda {

inline constexpr int down_rows = 2;        // to a group of lanes
inline constexpr int down_byte_steps = 2;  // over rows, for which a part's input is rounded once

// One part: a routed expert, or a piece of the shared one.
struct PartOfDown {
  const DeviceMatrix* matrix;
  Input input;
  size_t input_at;
  int expert;  // −1: the shared one
  int begin, end;
};

DEVICE PartOfDown find_down_part(const DownArguments& a, int token, int part) {
  const ExpertSlots& s = a.slots;
  if (part < s.used) {
    const size_t visit = size_t(token) * s.used + part;
    return {&a.down.all,     {s.act, {}, 0, s.act_group}, visit * s.act_stride, s.chosen[visit], 0,
            a.down.all.units};
  }
  const int piece = part - s.used, units = a.shared_down.units;
  return {&a.shared_down,
          {s.shared_act, {}, 0, s.shared_group},
          size_t(token) * s.shared_stride,
          -1,
          units * piece / s.shared_parts,
          units * (piece + 1) / s.shared_parts};
}

// The bytes at which the rows from `first` begin.
DEVICE void find_down_rows(const DownArguments& a, const PartOfDown& part, int first,
                           size_t (&at)[down_rows]) {
  const int last = a.slots.hidden_rows - 1;
#pragma unroll
  for (int r = 0; r < down_rows; ++r) {
    const int row = first + r < last ? first + r : last;
    at[r] = part.expert >= 0 ? a.down.row_at(part.expert, row) : part.matrix->row_at(row);
  }
}

// What a warp multiplies of a part in one step.
DEVICE ByteRows<down_rows> byte_rows_of(const DownArguments& a, const PartOfDown& part, int first) {
  size_t at[down_rows];
  find_down_rows(a, part, first, at);
  ByteRows<down_rows> there{part.matrix, {}};
#pragma unroll
  for (int r = 0; r < down_rows; ++r) there.data[r] = part.matrix->data.from(at[r]);
  return there;
}

}  // namespace engine::backend::cuda
