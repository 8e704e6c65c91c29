// The second half of experts.h, as its kernels and the persistent kernel do it: each warp takes a
// part, a routed expert or a piece of the shared one, so that few rows still keep many loads under
// way; a block adds the parts of its rows in their order at the end.
#pragma once

#include "engine/backend/cuda/experts.h"
#include "engine/backend/cuda/workers.h"

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

DEVICE void find_down_rows(const DownArguments& a, const PartOfDown& part, int first,
                           const DeviceMatrix* (&matrices)[down_rows], size_t (&at)[down_rows]) {
  const int last = a.slots.hidden_rows - 1;
#pragma unroll
  for (int r = 0; r < down_rows; ++r) {
    const int row = first + r < last ? first + r : last;
    matrices[r] = part.matrix;
    at[r] = part.expert >= 0 ? a.down.row_at(part.expert, row) : part.matrix->row_at(row);
  }
}

// The sums of a part for the rows from `first`.
DEVICE void add_part(const DownArguments& a, int token, int index, int first, int lanes,
                     Sums<down_rows, 1>& sums) {
  const PartOfDown part = find_down_part(a, token, index);
  const DeviceMatrix* matrices[down_rows];
  size_t at[down_rows];
  find_down_rows(a, part, first, matrices, at);
  add_any_rows(matrices, at, part.begin + (lane_index() & (lanes - 1)), part.end, lanes, part.input,
               {{part.input_at}, 1}, sums);
}

// Adds the parts in their order, and the total to the hidden state: a thread to each row.
DEVICE void add_parts(const DownArguments& a, View<const float> results, int token, int first_row) {
  const ExpertSlots& s = a.slots;
  const int row = first_row + thread_index();
  if (thread_index() >= a.rows_in_block || row >= s.hidden_rows) return;
  float total = 0;
  for (int part = 0; part < s.used + s.shared_parts; ++part) {
    const float value = results[size_t(part) * a.rows_in_block + thread_index()];
    total += part < s.used ? s.weights[size_t(token) * s.used + part] * value : value;
  }
  a.hidden[size_t(token) * a.hidden_stride + interleaved(row, a.hidden_group)] += total;
}

DEVICE void store_part(const DownArguments& a, const View<float>& results, int part, int in_block,
                       float (&totals)[down_rows]) {
  warp_sum(totals, a.lanes);
  if ((lane_index() & (a.lanes - 1)) != 0) return;
#pragma unroll
  for (int r = 0; r < down_rows; ++r) {
    results[size_t(part) * a.rows_in_block + in_block + r] = totals[r];
  }
}

// One block's rows; `block` counts them.
DEVICE void down_floats(const DownArguments& a, int block, int token, size_t used) {
  const ExpertSlots& s = a.slots;
  const int parts = s.used + s.shared_parts, first_row = block * a.rows_in_block;
  const int in_block = (lane_index() >> exponent_of(a.lanes)) * down_rows;
  const View<float> results = shared<float>(size_t(parts) * a.rows_in_block, used);
  for (int part = warp_index(); part < parts; part += warp_count()) {
    Sums<down_rows, 1> sums;
    sums.clear();
    add_part(a, token, part, first_row + in_block, a.lanes, sums);
    float totals[down_rows];
#pragma unroll
    for (int r = 0; r < down_rows; ++r) totals[r] = sums.product[r][0];
    store_part(a, results, part, in_block, totals);
  }
  block_barrier();
  add_parts(a, results, token, first_row);
}

// The same with the parts' inputs as bytes, for formats that suit it.
DEVICE void down_bytes(const DownArguments& a, int block, int token, size_t used) {
  const ExpertSlots& s = a.slots;
  const int parts = s.used + s.shared_parts, first_row = block * a.rows_in_block;
  const int rows_in_step = (32 >> exponent_of(a.lanes)) * down_rows,
            lane = lane_index() & (a.lanes - 1);
  const View<float> results = shared<float>(size_t(parts) * a.rows_in_block, used);
  used += size_t(warp_index()) * a.byte_row_bytes;
  const ByteRow inputs[1] = {lay_out_byte_row(a.byte_row_units, used)};
  for (int index = warp_index(); index < parts; index += warp_count()) {
    const PartOfDown part = find_down_part(a, token, index);
    warp_barrier();
    round_to_bytes(part.input, part.input_at, part.begin, part.end - part.begin, inputs[0],
                   lane_index(), 32);
    warp_barrier();
#pragma unroll
    for (int step = 0; step < down_byte_steps; ++step) {
      const int in_block = step * rows_in_step + (lane_index() >> exponent_of(a.lanes)) * down_rows;
      const DeviceMatrix* matrices[down_rows];
      size_t at[down_rows];
      find_down_rows(a, part, first_row + in_block, matrices, at);
      float sums[down_rows][1] = {};
      add_any_byte_rows(matrices, at, {part.begin, part.end - part.begin, lane, a.lanes}, inputs, 1,
                        sums);
      float totals[down_rows];
#pragma unroll
      for (int r = 0; r < down_rows; ++r) totals[r] = sums[r][0];
      store_part(a, results, index, in_block, totals);
    }
  }
  block_barrier();
  add_parts(a, results, token, first_row);
}

}  // namespace engine::backend::cuda
