#include <algorithm>

#include "engine/backend/cuda/experts.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int max_threads = 288;
constexpr int rows = 2;  // to a group of lanes

DEVICE int lanes_for(const DownArguments& a) {
  const ExpertSlots& s = a.slots;
  if (s.used == 0) return a.shared_down.lanes;
  if (s.shared_parts == 0 || a.down.all.lanes < a.shared_down.lanes) return a.down.all.lanes;
  return a.shared_down.lanes;
}

// One part: a routed expert, or a piece of the shared one.
struct PartOfDown {
  const DeviceMatrix* matrix;
  Input input;
  size_t input_at;
  int expert;  // −1: the shared one
  int begin, end;
};

DEVICE PartOfDown find_part(const DownArguments& a, int token, int part) {
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

DEVICE void find_rows(const DownArguments& a, const PartOfDown& part, int first,
                      const DeviceMatrix* (&matrices)[rows], size_t (&at)[rows]) {
  const int last = a.slots.hidden_rows - 1;
#pragma unroll
  for (int r = 0; r < rows; ++r) {
    const int row = first + r < last ? first + r : last;
    matrices[r] = part.matrix;
    at[r] = part.expert >= 0 ? a.down.row_at(part.expert, row) : part.matrix->row_at(row);
  }
}

// The sums of a part for the rows from `first`.
DEVICE void add_part(const DownArguments& a, int token, int index, int first, int lanes,
                     Sums<rows, 1>& sums) {
  const PartOfDown part = find_part(a, token, index);
  const DeviceMatrix* matrices[rows];
  size_t at[rows];
  find_rows(a, part, first, matrices, at);
  add_any_rows(matrices, at, part.begin + (lane_index() & (lanes - 1)), part.end, lanes, part.input,
               {{part.input_at}, 1}, sums);
}

// Adds the parts in their order, and the total to the hidden state: a thread to each row.
DEVICE void add_parts(const DownArguments& a, View<const float> results, int first_row,
                      int rows_in_block) {
  const ExpertSlots& s = a.slots;
  const int row = first_row + thread_index(), token = block_y();
  if (thread_index() >= rows_in_block || row >= s.hidden_rows) return;
  float total = 0;
  for (int part = 0; part < s.used + s.shared_parts; ++part) {
    const float value = results[size_t(part) * rows_in_block + thread_index()];
    total += part < s.used ? s.weights[size_t(token) * s.used + part] * value : value;
  }
  a.hidden[size_t(token) * a.hidden_stride + interleaved(row, a.hidden_group)] += total;
}

// Each warp takes a part, so that few rows still keep many loads in flight; the parts are added in
// their order at the end.
KERNEL(max_threads) down_kernel(PARAMETER(DownArguments) a) {
  wait_for_previous_kernel();
  const ExpertSlots& s = a.slots;
  const int lanes = lanes_for(a), parts = s.used + s.shared_parts;
  const int rows_in_block = 32 / lanes * rows, token = block_y();
  const int in_block = lane_index() / lanes * rows;
  const int first_row = block_x() * rows_in_block;
  size_t used = 0;
  const View<float> results = shared<float>(size_t(parts) * rows_in_block, used);
  for (int part = warp_index(); part < parts; part += warp_count()) {
    Sums<rows, 1> sums;
    sums.clear();
    add_part(a, token, part, first_row + in_block, lanes, sums);
    float totals[rows];
#pragma unroll
    for (int r = 0; r < rows; ++r) totals[r] = sums.product[r][0];
    warp_sum(totals, lanes);
    if ((lane_index() & (lanes - 1)) != 0) continue;
#pragma unroll
    for (int r = 0; r < rows; ++r) results[size_t(part) * rows_in_block + in_block + r] = totals[r];
  }
  block_barrier();
  add_parts(a, results, first_row, rows_in_block);
}

constexpr int byte_steps = 2;  // of a warp over rows, for which it rounds its part's input once

int units_of_parts(const DownArguments& a) {
  const int parts = std::max(1, a.slots.shared_parts);
  const int shared = (a.shared_down.units + parts - 1) / parts;
  return std::max(a.slots.used > 0 ? a.down.all.units : 0, shared);
}

// The same with the parts' inputs as bytes, for formats that suit it. A warp keeps to one part.
KERNEL_CROWDED(max_threads, 3) down_bytes_kernel(PARAMETER(DownArguments) a) {
  wait_for_previous_kernel();
  const ExpertSlots& s = a.slots;
  const int lanes = lanes_for(a), parts = s.used + s.shared_parts, token = block_y();
  const int rows_in_step = 32 / lanes * rows, rows_in_block = rows_in_step * byte_steps;
  const int first_row = block_x() * rows_in_block, lane = lane_index() & (lanes - 1);
  size_t used = 0;
  const View<float> results = shared<float>(size_t(parts) * rows_in_block, used);
  used += size_t(warp_index()) * a.byte_row_bytes;
  const ByteRow inputs[1] = {lay_out_byte_row(a.byte_row_units, used)};
  for (int index = warp_index(); index < parts; index += warp_count()) {
    const PartOfDown part = find_part(a, token, index);
    warp_barrier();
    round_to_bytes(part.input, part.input_at, part.begin, part.end - part.begin, inputs[0],
                   lane_index(), 32);
    warp_barrier();
#pragma unroll
    for (int step = 0; step < byte_steps; ++step) {
      const int in_block = step * rows_in_step + lane_index() / lanes * rows;
      const DeviceMatrix* matrices[rows];
      size_t at[rows];
      find_rows(a, part, first_row + in_block, matrices, at);
      float sums[rows][1] = {};
      add_any_byte_rows(matrices, at, {part.begin, part.end - part.begin, lane, lanes}, inputs, 1,
                        sums);
      float totals[rows];
#pragma unroll
      for (int r = 0; r < rows; ++r) totals[r] = sums[r][0];
      warp_sum(totals, lanes);
      if (lane != 0) continue;
#pragma unroll
      for (int r = 0; r < rows; ++r) {
        results[size_t(index) * rows_in_block + in_block + r] = totals[r];
      }
    }
  }
  block_barrier();
  add_parts(a, results, first_row, rows_in_block);
}

bool suits_bytes(const DownArguments& a) {
  const auto suits = [](const DeviceMatrix& m) {
    return m.units == 0 || has_byte_levels(m.format);
  };
  return a.bytes != 0 && suits(a.down.all) && suits(a.shared_down);
}

}  // namespace

void down(Stream& stream, const DownArguments& arguments) {
  DownArguments a = arguments;
  const ExpertSlots& s = a.slots;
  const int parts = s.used + s.shared_parts;
  INVARIANT(parts > 0 && s.tokens > 0);
  int lanes = 32;
  if (s.used > 0) lanes = std::min(lanes, a.down.all.lanes);
  if (s.shared_parts > 0) lanes = std::min(lanes, a.shared_down.lanes);
  const bool bytes = suits_bytes(a);
  const int rows_in_block = 32 / lanes * rows * (bytes ? byte_steps : 1);
  // A block writes its rows with one thread each.
  const int warps = std::min(max_threads / 32, std::max(parts, (rows_in_block + 31) / 32));
  size_t shared = size_t(parts) * rows_in_block * sizeof(float) + 16;
  if (bytes) {
    a.byte_row_units = units_of_parts(a);
    a.byte_row_bytes = static_cast<int32_t>(byte_row_bytes(a.byte_row_units) / 16 * 16);
    shared += size_t(warps) * a.byte_row_bytes;
  }
  launch(stream,
         {{(s.hidden_rows + rows_in_block - 1) / rows_in_block, s.tokens}, warps * 32, shared},
         bytes ? down_bytes_kernel : down_kernel, a);
}

}  // namespace engine::backend::cuda
