// The first half of experts.h, as its kernels and the persistent kernel do it. A bundle is what a
// warp takes at a time: pairs of a row of gate and one of up, which share the input, and whose
// product needs no memory between.
#pragma once

#include "engine/backend/cuda/experts.h"
#include "engine/backend/cuda/workers.h"

namespace engine::backend::cuda {

// Pairs to a group of lanes, when the input is rounded to bytes. Two would keep more loads under
// way, but fewer warps, and were slower.
inline constexpr int byte_pairs = 1;

template <int pairs>
struct PairsOfLane {
  const DeviceMatrix *gate, *up;
  size_t gate_at[pairs], up_at[pairs];
  View<float> output;
  int first, count;  // values of the output; those that are there
  int group;         // of its interleaving
  int lanes, lane;

  // Bundles of routed slots come first. Groups past the end repeat the last row.
  DEVICE void find(const GateUpArguments& a, const View<const int32_t>& chosen, int token,
                   int bundle) {
    const ExpertSlots& s = a.slots;
    const int routed = a.routed != 0 ? a.routed_bundles * s.used : 0;
    const bool is_routed = bundle < routed;
    const int slot = is_routed ? bundle / a.routed_bundles : 0;
    const int in_slot = is_routed ? bundle - slot * a.routed_bundles : bundle - routed;
    gate = is_routed ? &a.gate.all : &a.shared_gate;
    up = is_routed ? &a.up.all : &a.shared_up;
    lanes = gate->lanes;
    lane = lane_index() & (lanes - 1);
    const int rows = is_routed ? a.gate.rows : a.shared_gate.rows;
    first = ((in_slot * 32 + lane_index()) >> exponent_of(lanes)) * pairs;
    count = rows - first;
    const size_t visit = size_t(token) * s.used + slot;
    const int expert = is_routed ? chosen[visit] : 0;
#pragma unroll
    for (int i = 0; i < pairs; ++i) {
      const int row = first + i < rows ? first + i : rows - 1;
      gate_at[i] = is_routed ? a.gate.row_at(expert, row) : gate->row_at(row);
      up_at[i] = is_routed ? a.up.row_at(expert, row) : up->row_at(row);
    }
    output = is_routed ? s.act.from(visit * s.act_stride)
                       : s.shared_act.from(size_t(token) * s.shared_stride);
    group = is_routed ? s.act_group : s.shared_group;
  }

  DEVICE void store(int pair, float gate_sum, float up_sum) const {
    if (pair >= count) return;
    output[interleaved(first + pair, group)] = gate_sum / (1.0f + exponential(-gate_sum)) * up_sum;
  }
};

ANYWHERE int bundles_of(const GateUpArguments& a) {
  return (a.routed != 0 ? a.routed_bundles * a.slots.used : 0) +
         (a.shared != 0 ? a.shared_bundles : 0);
}

DEVICE void add_pair(const PairsOfLane<1>& pair, const Input& input, const TokenRows<1>& at,
                     Sums<2, 1>& sums) {
  const int units = pair.gate->units;
  if (pair.gate->format == pair.up->format) {
    const DeviceMatrix* const matrices[2] = {pair.gate, pair.up};
    const size_t rows[2] = {pair.gate_at[0], pair.up_at[0]};
    return add_any_rows(matrices, rows, pair.lane, units, pair.lanes, input, at, sums);
  }
  for (int which = 0; which < 2; ++which) {
    Sums<1, 1> one;
    one.clear();
    const DeviceMatrix* const matrices[1] = {which == 0 ? pair.gate : pair.up};
    const size_t rows[1] = {which == 0 ? pair.gate_at[0] : pair.up_at[0]};
    add_any_rows(matrices, rows, pair.lane, units, pair.lanes, input, at, one);
    if (which == 0) sums.product[0][0] = one.product[0][0];
    if (which == 1) sums.product[1][0] = one.product[0][0];
    sums.squares[0] = one.squares[0];
  }
}

DEVICE void gate_up_floats(const GateUpArguments& a, const Workers& workers, int token) {
  const TokenRows<1> at{{size_t(token) * a.input.stride}, 1};
  for (int bundle = workers.warp(); bundle < bundles_of(a); bundle += workers.warps()) {
    PairsOfLane<1> pair;
    pair.find(a, a.slots.chosen, token, bundle);
    Sums<2, 1> sums;
    sums.clear();
    add_pair(pair, a.input, at, sums);
    float totals[3] = {sums.product[0][0], sums.product[1][0], sums.squares[0]};
    warp_sum(totals, pair.lanes);
    if (pair.lane != 0) continue;
    const float factor = norm_factor(a.input, totals[2], pair.gate->columns, a.epsilon);
    pair.store(0, totals[0] * factor, totals[1] * factor);
  }
}

DEVICE const DeviceMatrix& any_matrix(const GateUpArguments& a) {
  return a.gate.all.units > 0 ? a.gate.all : a.shared_gate;
}

// The input of a token as bytes in shared memory, of which `used` bytes are taken; by the warps
// from `first_warp` on. A barrier has to follow.
DEVICE ByteRow round_input(const GateUpArguments& a, int token, int first_warp, size_t& used) {
  const int units = any_matrix(a).units, first = first_warp * 32;
  const ByteRow row = lay_out_byte_row(units, used);
  if (thread_index() >= first) {
    round_to_bytes(a.input, size_t(token) * a.input.stride, 0, units, row, thread_index() - first,
                   thread_count() - first);
  }
  return row;
}

// As gate_up_floats, with that input. `chosen` is the slots', or a copy nearer by.
DEVICE void gate_up_bytes(const GateUpArguments& a, const View<const int32_t>& chosen,
                          const ByteRow& input, const Workers& workers, int token) {
  constexpr int rows = 2 * byte_pairs;
  const int bundles = bundles_of(a);
  const DeviceMatrix& any = any_matrix(a);
  const ByteRow inputs[1] = {input};
  const float factor = byte_row_factor(a.input, inputs[0], any.units, any.columns, a.epsilon);
  for (int bundle = workers.warp(); bundle < bundles; bundle += workers.warps()) {
    PairsOfLane<byte_pairs> pair;
    pair.find(a, chosen, token, bundle);
    const DeviceMatrix* matrices[rows];
    size_t row_at[rows];
#pragma unroll
    for (int i = 0; i < byte_pairs; ++i) {
      matrices[2 * i] = pair.gate, matrices[2 * i + 1] = pair.up;
      row_at[2 * i] = pair.gate_at[i], row_at[2 * i + 1] = pair.up_at[i];
    }
    float sums[rows][1] = {};
    add_any_byte_rows(matrices, row_at, {0, any.units, pair.lane, pair.lanes}, inputs, 1, sums);
    float totals[rows];
#pragma unroll
    for (int r = 0; r < rows; ++r) totals[r] = sums[r][0];
    warp_sum(totals, pair.lanes);
#pragma unroll
    for (int i = 0; i < byte_pairs; ++i) {
      if (pair.lane != i % pair.lanes) continue;
      pair.store(i, totals[2 * i] * factor, totals[2 * i + 1] * factor);
    }
  }
}

}  // namespace engine::backend::cuda
