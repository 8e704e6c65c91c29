// The second half of experts.h, as its kernels and the persistent kernel do it: each warp takes a
// part, a routed expert or a piece of the shared one, so that few rows still keep many loads under
// way; a block adds the parts of its rows in their order at the end.
#pragma once

#include "engine/backend/cuda/down_parts.h"
#include "engine/backend/cuda/workers.h"

namespace engine::backend::cuda {

// The sums of a part for the rows from `first`.
DEVICE void add_part(const DownArguments& a, int token, int index, int first, int lanes,
                     Sums<down_rows, 1>& sums) {
  const PartOfDown part = find_down_part(a, token, index);
  const DeviceMatrix* matrices[down_rows];
  size_t at[down_rows];
  find_down_rows(a, part, first, at);
#pragma unroll
  for (int r = 0; r < down_rows; ++r) matrices[r] = part.matrix;
  add_any_rows<Known::nothing>(matrices, at, part.begin + (lane_index() & (lanes - 1)), part.end,
                               lanes, part.input, {{part.input_at}, 1}, sums);
}

// What each part counts, in shared memory: read while the products go on.
DEVICE View<float> factors_of_parts(const DownArguments& a, int token, size_t& used) {
  const ExpertSlots& s = a.slots;
  const int parts = s.used + s.shared_parts;
  const View<float> factors = shared<float>(parts, used);
  for (int part = thread_index(); part < parts; part += thread_count()) {
    factors[part] = part < s.used ? s.weights[size_t(token) * s.used + part] : 1.0f;
  }
  return factors;
}

// Adds the parts in their order, and the total to the hidden state: a thread to each row.
DEVICE void add_parts(const DownArguments& a, View<const float> results, View<const float> factors,
                      int token, int first_row) {
  const ExpertSlots& s = a.slots;
  const int row = first_row + thread_index();
  if (thread_index() >= a.rows_in_block || row >= s.hidden_rows) return;
  float& hidden = a.hidden[size_t(token) * a.hidden_stride + interleaved(row, a.hidden_group)];
  const float before = hidden;
  float total = 0;
#pragma unroll 1
  for (int part = 0; part < s.used + s.shared_parts; ++part) {
    float result = results[size_t(part) * a.rows_in_block + thread_index()];
    if (part < s.used && !a.down.bias.empty()) {
      result += a.down.bias_of(s.chosen[size_t(token) * s.used + part], row);
    }
    total += factors[part] * result;
  }
  hidden = before + total;
}

DEVICE void store_part(const DownArguments& a, const View<float>& results, int part, int in_block,
                       float (&totals)[down_rows]) {
  lanes_sum(totals, a.lanes);
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
  const View<float> factors = factors_of_parts(a, token, used);
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
  add_parts(a, results, factors, token, first_row);
}

// The same with the parts' inputs as bytes, for formats that suit it. A part's first weights are on
// their way before its input is rounded, and those of a step before the sums of the one before it.
template <Known known = Known::nothing>
DEVICE void down_bytes(const DownArguments& a, int block, int token, size_t used) {
  const ExpertSlots& s = a.slots;
  const int parts = s.used + s.shared_parts, first_row = block * a.rows_in_block;
  const int groups = 32 >> exponent_of(a.lanes), lane = lane_index() & (a.lanes - 1);
  const int in_step = (lane_index() >> exponent_of(a.lanes)) * down_rows;
  const View<float> results = shared<float>(size_t(parts) * a.rows_in_block, used);
  const View<float> factors = factors_of_parts(a, token, used);
  used += size_t(warp_index()) * a.byte_row_bytes;
  const ByteRow inputs[1] = {lay_out_byte_row(a.byte_row_units, used)};
  int index = warp_index();
  PartOfDown part;
  FirstUnits<known, down_rows> first;
  const auto place = [&](int step) { return step * groups * down_rows + in_step; };
  const auto span = [&] { return Span{part.begin, part.end - part.begin, lane, a.lanes}; };
  const auto start = [&](int step) {
    first.fetch(byte_rows_of(a, part, first_row + place(step)), span());
  };
  const auto start_part = [&] {
    if (index >= parts) return;
    part = find_down_part(a, token, index);
    start(0);
  };
  start_part();
  while (index < parts) {
    warp_barrier();
    round_to_bytes(part.input, part.input_at, part.begin, part.end - part.begin, inputs[0],
                   lane_index(), 32);
    warp_barrier();
#pragma unroll 1
    for (int step = 0; step < down_byte_steps; ++step) {
      float sums[down_rows][1] = {};
      add_any_byte_rows<known>(byte_rows_of(a, part, first_row + place(step)), span(), first,
                               inputs, 1, sums);
      if (step + 1 < down_byte_steps) start(step + 1);
      float totals[down_rows];
#pragma unroll
      for (int r = 0; r < down_rows; ++r) totals[r] = sums[r][0];
      store_part(a, results, index, place(step), totals);
    }
    index += warp_count();
    start_part();
  }
  block_barrier();
  add_parts(a, results, factors, token, first_row);
}

}  // namespace engine::backend::cuda
