// The first half of experts.h, as its kernels and the persistent kernel do it. A bundle is what a
// warp takes at a time: pairs of a row of gate and one of up, which share the input, and whose
// product needs no memory between.
#pragma once

#include "engine/backend/cuda/experts.h"
#include "engine/backend/cuda/workers.h"

namespace engine::backend::cuda {

// What the lanes of this thread's group do. Two pairs to a group would keep more loads under way,
// but fewer warps, and were slower.
struct PairOfLane {
  const DeviceMatrix *gate, *up;
  size_t gate_at, up_at;
  int lanes, lane;
  bool is_routed;
  int place;        // of the result, in the act of its kind; negative: it has none
  int expert, row;  // of a routed one

  // Bundles of routed slots come first. Groups past the end repeat the last row.
  DEVICE void find(const GateUpArguments& a, int token, int bundle) {
    const ExpertSlots& s = a.slots;
    const int routed = a.routed != 0 ? a.routed_bundles * s.used : 0;
    is_routed = bundle < routed;
    int slot = 0, in_slot = is_routed ? bundle : bundle - routed;
    // Slots are few, and a division takes longer.
    for (; is_routed && in_slot >= a.routed_bundles; ++slot) in_slot -= a.routed_bundles;
    gate = is_routed ? &a.gate.all : &a.shared_gate;
    up = is_routed ? &a.up.all : &a.shared_up;
    lanes = gate->lanes;
    lane = lane_index() & (lanes - 1);
    const int rows = is_routed ? a.gate.rows : a.shared_gate.rows;
    row = (in_slot * 32 + lane_index()) >> exponent_of(lanes);
    const int read = row < rows ? row : rows - 1;
    int first, group;
    if (is_routed) {
      const int visit = token * s.used + slot;
      expert = s.chosen[visit];
      gate_at = a.gate.row_at(expert, read), up_at = a.up.row_at(expert, read);
      first = visit * s.act_stride, group = s.act_group;
    } else {
      gate_at = gate->row_at(read), up_at = up->row_at(read);
      first = token * s.shared_stride, group = s.shared_group;
    }
    const bool stores = lane == 0 && row < rows;
    place = stores ? first + static_cast<int>(interleaved(row, group)) : -1;
  }

  DEVICE ByteRows<2> rows() const {
    return {gate, {gate->data.from(gate_at), up->data.from(up_at)}};
  }
  DEVICE Span span(int units) const { return {0, units, lane, lanes}; }

  DEVICE void store(const GateUpArguments& a, float gate_sum, float up_sum) const {
    if (place < 0) return;
    if (is_routed) gate_sum += a.gate.bias_of(expert, row), up_sum += a.up.bias_of(expert, row);
    const View<float>& act = is_routed ? a.slots.act : a.slots.shared_act;
    act[place] = activated(is_routed && a.slots.clamped != 0, gate_sum, up_sum);
  }
};

ANYWHERE int bundles_of(const GateUpArguments& a) {
  return (a.routed != 0 ? a.routed_bundles * a.slots.used : 0) +
         (a.shared != 0 ? a.shared_bundles : 0);
}

DEVICE void add_pair(const PairOfLane& pair, const Input& input, const TokenRows<1>& at,
                     Sums<2, 1>& sums) {
  const int units = pair.gate->units;
  if (pair.gate->format == pair.up->format) {
    const DeviceMatrix* const matrices[2] = {pair.gate, pair.up};
    const size_t rows[2] = {pair.gate_at, pair.up_at};
    return add_any_rows<Known::nothing>(matrices, rows, pair.lane, units, pair.lanes, input, at,
                                        sums);
  }
  for (int which = 0; which < 2; ++which) {
    Sums<1, 1> one;
    one.clear();
    const DeviceMatrix* const matrices[1] = {which == 0 ? pair.gate : pair.up};
    const size_t rows[1] = {which == 0 ? pair.gate_at : pair.up_at};
    add_any_rows<Known::nothing>(matrices, rows, pair.lane, units, pair.lanes, input, at, one);
    if (which == 0) sums.product[0][0] = one.product[0][0];
    if (which == 1) sums.product[1][0] = one.product[0][0];
    sums.squares[0] = one.squares[0];
  }
}

DEVICE void gate_up_floats(const GateUpArguments& a, const Workers& workers, int token) {
  const TokenRows<1> at{{size_t(token) * a.input.stride}, 1};
  for (int bundle = workers.warp(); bundle < bundles_of(a); bundle += workers.warps()) {
    PairOfLane pair;
    pair.find(a, token, bundle);
    Sums<2, 1> sums;
    sums.clear();
    add_pair(pair, a.input, at, sums);
    float totals[3] = {sums.product[0][0], sums.product[1][0], sums.squares[0]};
    lanes_sum(totals, pair.lanes);
    const float factor = norm_factor(a.input, totals[2], pair.gate->columns, a.epsilon);
    pair.store(a, totals[0] * factor, totals[1] * factor);
  }
}

DEVICE const DeviceMatrix& any_matrix(const GateUpArguments& a) {
  return a.gate.all.units > 0 ? a.gate.all : a.shared_gate;
}

// The input of a token as bytes in shared memory, of which `used` bytes are taken, by a block.
DEVICE ByteRow round_input(const GateUpArguments& a, int token, size_t& used) {
  const int units = any_matrix(a).units;
  const ByteRow row = lay_out_byte_row(units, used);
  round_to_bytes(a.input, size_t(token) * a.input.stride, 0, units, row, thread_index(),
                 thread_count());
  block_barrier();
  return row;
}

// As gate_up_floats, with the input that `prepare` returns; the first weights are on their way by
// then, and those of a bundle before the sums of the one before it.
template <Known known = Known::nothing, typename Prepare>
DEVICE void gate_up_bytes(const GateUpArguments& a, const Workers& workers, int token,
                          const Prepare& prepare) {
  const int bundles = bundles_of(a), units = any_matrix(a).units;
  int bundle = workers.warp();
  PairOfLane pair;
  FirstUnits<known, 2> first;
  const auto start = [&] {
    if (!first.ahead || bundle >= bundles) return;
    pair.find(a, token, bundle);
    first.fetch(pair.rows(), pair.span(units));
  };
  start();
  const ByteRow inputs[1] = {prepare()};
  const float factor = byte_row_factor(a.input, inputs[0], units, any_matrix(a).columns, a.epsilon);
  while (bundle < bundles) {
    if (!first.ahead) pair.find(a, token, bundle);
    float sums[2][1] = {};
    add_any_byte_rows<known>(pair.rows(), pair.span(units), first, inputs, 1, sums);
    float totals[2] = {sums[0][0], sums[1][0]};
    const PairOfLane done = pair;
    bundle += workers.warps();
    start();
    lanes_sum(totals, done.lanes);
    done.store(a, totals[0] * factor, totals[1] * factor);
  }
}

}  // namespace engine::backend::cuda
