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

// The sums of one part (a routed expert, or a piece of the shared one) for the rows from `first`.
DEVICE void add_part(const DownArguments& a, int token, int part, int first, int lanes,
                     Sums<rows, 1>& sums) {
  const ExpertSlots& s = a.slots;
  const bool routed = part < s.used;
  const DeviceMatrix& m = routed ? a.down.all : a.shared_down;
  const size_t visit = size_t(token) * s.used + part;
  const int expert = routed ? s.chosen[visit] : 0, last = a.slots.hidden_rows - 1;
  const DeviceMatrix* matrices[rows];
  size_t at[rows];
#pragma unroll
  for (int r = 0; r < rows; ++r) {
    const int row = first + r < last ? first + r : last;
    matrices[r] = &m;
    at[r] = routed ? a.down.row_at(expert, row) : m.row_at(row);
  }
  const int piece = part - s.used;
  const int begin = routed ? 0 : m.units * piece / s.shared_parts;
  const int end = routed ? m.units : m.units * (piece + 1) / s.shared_parts;
  const Input input{routed ? View<const float>(s.act) : View<const float>(s.shared_act),
                    {},
                    0,
                    routed ? s.act_group : s.shared_group};
  const TokenRows<1> rows_at{{routed ? visit * s.act_stride : size_t(token) * s.shared_stride}, 1};
  add_any_rows(matrices, at, begin + (lane_index() & (lanes - 1)), end, lanes, input, rows_at,
               sums);
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
  const int row = first_row + thread_index();
  if (thread_index() >= rows_in_block || row >= s.hidden_rows) return;
  float total = 0;
  for (int part = 0; part < parts; ++part) {
    const float value = results[size_t(part) * rows_in_block + thread_index()];
    total += part < s.used ? s.weights[size_t(token) * s.used + part] * value : value;
  }
  a.hidden[size_t(token) * a.hidden_stride + interleaved(row, a.hidden_group)] += total;
}

}  // namespace

void down(Stream& stream, const DownArguments& a) {
  const ExpertSlots& s = a.slots;
  const int parts = s.used + s.shared_parts;
  INVARIANT(parts > 0 && s.tokens > 0);
  int lanes = 32;
  if (s.used > 0) lanes = std::min(lanes, a.down.all.lanes);
  if (s.shared_parts > 0) lanes = std::min(lanes, a.shared_down.lanes);
  const int rows_in_block = 32 / lanes * rows;
  // A block writes its rows with one thread each.
  const int warps = std::min(max_threads / 32, std::max(parts, (rows_in_block + 31) / 32));
  launch(stream,
         {{(s.hidden_rows + rows_in_block - 1) / rows_in_block, s.tokens},
          warps * 32,
          size_t(parts) * rows_in_block * sizeof(float)},
         down_kernel, a);
}

}  // namespace engine::backend::cuda
