#include <algorithm>

#include "engine/backend/cuda/experts.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;

// One row of gate and up each: they share the input, and their product needs no memory between.
struct Pair {
  const DeviceMatrix *gate, *up;
  size_t gate_at, up_at;
  View<float> output;
  int index;   // of the value in the output
  bool there;  // the row exists
};

DEVICE Pair routed_pair(const GateUpArguments& a, int token, int slot, int row) {
  const ExpertSlots& s = a.slots;
  const size_t visit = size_t(token) * s.used + slot;
  const int expert = s.chosen[visit], last = a.gate.rows - 1;
  const int read = row < last ? row : last;
  return {&a.gate.all,
          &a.up.all,
          a.gate.row_at(expert, read),
          a.up.row_at(expert, read),
          s.act.from(visit * s.act_stride),
          row,
          row <= last};
}

DEVICE Pair shared_pair(const GateUpArguments& a, int token, int part, int row) {
  const ExpertSlots& s = a.slots;
  const int rows = a.shared_gate.rows;
  const int in_part = (rows + s.shared_parts - 1) / s.shared_parts;
  const int index = part * in_part + row, last = rows - 1;
  const int read = index < last ? index : last;
  return {&a.shared_gate,
          &a.shared_up,
          a.shared_gate.row_at(read),
          a.shared_up.row_at(read),
          s.shared_act.from(size_t(token) * s.shared_stride),
          index,
          row < in_part && index <= last};
}

struct Place {
  int token, slot, lanes, lane;
};

DEVICE Place place_of_thread(const GateUpArguments& a) {
  const int slots = a.slots.used + a.slots.shared_parts;
  const int token = block_y() / slots, slot = block_y() % slots;
  const int lanes = slot < a.slots.used ? a.gate.all.lanes : a.shared_gate.lanes;
  return {token, slot, lanes, lane_index() & (lanes - 1)};
}

// Reads what the kernel before has chosen.
DEVICE Pair pair_of(const GateUpArguments& a, const Place& place) {
  const int row = (block_x() * thread_count() + thread_index()) / place.lanes;
  return place.slot < a.slots.used ? routed_pair(a, place.token, place.slot, row)
                                   : shared_pair(a, place.token, place.slot - a.slots.used, row);
}

DEVICE void store_act(const GateUpArguments& a, int slot, const Pair& pair, float gate, float up) {
  const int group = slot < a.slots.used ? a.slots.act_group : a.slots.shared_group;
  pair.output[interleaved(pair.index, group)] = gate / (1.0f + exponential(-gate)) * up;
}

DEVICE void add_pair(const Pair& pair, int lane, int lanes, const Input& input,
                     const TokenRows<1>& at, Sums<2, 1>& sums) {
  const int units = pair.gate->units;
  if (pair.gate->format == pair.up->format) {
    const DeviceMatrix* const matrices[2] = {pair.gate, pair.up};
    const size_t rows[2] = {pair.gate_at, pair.up_at};
    return add_any_rows(matrices, rows, lane, units, lanes, input, at, sums);
  }
  for (int which = 0; which < 2; ++which) {
    Sums<1, 1> one;
    one.clear();
    const DeviceMatrix* const matrices[1] = {which == 0 ? pair.gate : pair.up};
    const size_t rows[1] = {which == 0 ? pair.gate_at : pair.up_at};
    add_any_rows(matrices, rows, lane, units, lanes, input, at, one);
    if (which == 0) sums.product[0][0] = one.product[0][0];
    if (which == 1) sums.product[1][0] = one.product[0][0];
    sums.squares[0] = one.squares[0];
  }
}

KERNEL(threads) gate_up_kernel(PARAMETER(GateUpArguments) a) {
  wait_for_previous_kernel();
  const Place place = place_of_thread(a);
  const auto [token, slot, lanes, lane] = place;
  const Pair pair = pair_of(a, place);
  const TokenRows<1> at{{size_t(token) * a.input.stride}, 1};
  Sums<2, 1> sums;
  sums.clear();
  add_pair(pair, lane, lanes, a.input, at, sums);
  float totals[3] = {sums.product[0][0], sums.product[1][0], sums.squares[0]};
  warp_sum(totals, lanes);
  if (lane != 0 || !pair.there) return;
  const float factor = norm_factor(a.input, totals[2], pair.gate->columns, a.epsilon);
  store_act(a, slot, pair, totals[0] * factor, totals[1] * factor);
}

// The same with the input as bytes, for formats that suit it.
KERNEL_CROWDED(threads, 4) gate_up_bytes_kernel(PARAMETER(GateUpArguments) a) {
  const Place place = place_of_thread(a);
  const auto [token, slot, lanes, lane] = place;
  wait_for_previous_kernel();
  const Pair pair = pair_of(a, place);
  const int units = pair.gate->units;
  size_t used = 0;
  const ByteRow inputs[1] = {lay_out_byte_row(units, used)};
  round_to_bytes(a.input, size_t(token) * a.input.stride, 0, units, inputs[0], thread_index(),
                 thread_count());
  block_barrier();
  const DeviceMatrix* const matrices[2] = {pair.gate, pair.up};
  const size_t rows[2] = {pair.gate_at, pair.up_at};
  float products[2][1] = {};
  add_any_byte_rows(matrices, rows, {0, units, lane, lanes}, inputs, 1, products);
  float totals[2] = {products[0][0], products[1][0]};
  warp_sum(totals, lanes);
  const float factor = byte_row_factor(a.input, inputs[0], units, pair.gate->columns, a.epsilon);
  if (lane != 0 || !pair.there) return;
  store_act(a, slot, pair, totals[0] * factor, totals[1] * factor);
}

bool suits_bytes(const GateUpArguments& a) {
  const auto suits = [](const DeviceMatrix& gate, const DeviceMatrix& up) {
    return gate.units == 0 || (has_byte_levels(gate.format) && gate.type == up.type);
  };
  return a.bytes != 0 && suits(a.gate.all, a.up.all) && suits(a.shared_gate, a.shared_up);
}

}  // namespace

void gate_up(Stream& stream, const GateUpArguments& a) {
  const ExpertSlots& s = a.slots;
  const int slots = s.used + s.shared_parts;
  INVARIANT(slots > 0 && s.tokens > 0);
  const bool bytes = suits_bytes(a);
  int blocks = 0;
  if (s.used > 0) {
    const int rows_a_block = threads / a.gate.all.lanes;
    blocks = (a.gate.rows + rows_a_block - 1) / rows_a_block;
  }
  if (s.shared_parts > 0) {
    const int rows = (a.shared_gate.rows + s.shared_parts - 1) / s.shared_parts;
    const int rows_a_block = threads / a.shared_gate.lanes;
    blocks = std::max(blocks, (rows + rows_a_block - 1) / rows_a_block);
  }
  const int units = std::max(a.gate.all.units, a.shared_gate.units);
  launch(stream, {{blocks, s.tokens * slots}, threads, bytes ? byte_row_bytes(units) : 0},
         bytes ? gate_up_bytes_kernel : gate_up_kernel, a);
}

}  // namespace engine::backend::cuda
