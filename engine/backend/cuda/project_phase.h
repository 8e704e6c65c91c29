// The products of project.h, as its kernels and the persistent kernel do them. A bundle is what a
// warp takes at a time: a few rows, shared among its lanes.
#pragma once

#include "engine/backend/cuda/project.h"
#include "engine/backend/cuda/workers.h"

namespace engine::backend::cuda {

// Two rows to a group of lanes while few tokens leave the registers for it.
template <int tokens>
constexpr int rows_of = tokens <= 4 ? 2 : 1;

// The rows of a group of lanes: `first` … of head `head`, `count` of them there are.
struct RowGroup {
  int head, first, count;
};

// A head's rows share an input, so no group reaches into the next head.
template <int rows>
DEVICE RowGroup group_rows(const Projection& p, int group) {
  const int groups_a_head = (p.head_rows + rows - 1) / rows;
  const int head = p.head_rows == p.matrix.rows ? 0 : group / groups_a_head;
  const int first = (group - head * groups_a_head) * rows;
  const int there = p.matrix.rows - head * p.head_rows;  // negative past the last head
  const int last = p.head_rows < there ? p.head_rows : there;
  return {head, first, last - first < rows ? last - first : rows};
}

// What the lanes of this thread's group do.
template <int rows>
struct RowsOfLane {
  const Projection* projection;
  RowGroup group;
  int lane;
  const DeviceMatrix* matrices[rows];
  size_t row_at[rows];

  // Groups past the end repeat the last row, so that all lanes take part in the sums.
  DEVICE void find(const ProjectArguments& a, int bundle) {
    int index = 0;
    while (index + 1 < a.count && bundle >= a.projections[index + 1].first_bundle) ++index;
    const Projection& p = a.projections[index];
    const DeviceMatrix& m = p.matrix;
    projection = &p;
    lane = lane_index() & (m.lanes - 1);
    group = group_rows<rows>(
        p, ((bundle - p.first_bundle) * 32 + lane_index()) >> exponent_of(m.lanes));
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      const int row = group.head * p.head_rows + group.first + r;
      matrices[r] = &m;
      row_at[r] = m.row_at(r < group.count ? row : m.rows - 1);
    }
  }
};

DEVICE int input_row(const ProjectArguments& a, int token) {
  return a.input_rows.empty() ? token : a.input_rows[token];
}

template <int rows, int tokens>
DEVICE void store_sums(const RowsOfLane<rows>& at, const Input& input,
                       const Sums<rows, tokens>& sums, float epsilon, int first_token, int count) {
  const Projection& p = *at.projection;
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    if (t >= count) break;
    const float factor = norm_factor(input, sums.squares[t], p.matrix.columns, epsilon);
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      if (((t * rows + r) & (p.matrix.lanes - 1)) != at.lane || r >= at.group.count) continue;
      float value = sums.product[r][t] * factor;
      const int row = at.group.head * p.head_rows + at.group.first + r;
      if (!p.bias.empty()) value += p.bias[row];
      const size_t to = size_t(first_token + t) * p.output_stride +
                        size_t(at.group.head) * p.head_output +
                        interleaved(p.output_in_heads ? row : at.group.first + r, p.output_group);
      if (p.store == Store::add) value += p.output[to];
      p.output[to] = value;
    }
  }
}

// `tokens` tokens from `first_token` on, the input in float32.
template <int tokens>
DEVICE void project_floats(const ProjectArguments& a, const Workers& workers, int first_token) {
  constexpr int rows = rows_of<tokens>;
  for (int bundle = workers.warp(); bundle < a.bundles; bundle += workers.warps()) {
    RowsOfLane<rows> mine;
    mine.find(a, bundle);
    const DeviceMatrix& m = mine.projection->matrix;
    TokenRows<tokens> at;
    at.count = a.tokens - first_token < tokens ? a.tokens - first_token : tokens;
#pragma unroll
    for (int t = 0; t < tokens; ++t) {
      if (t >= at.count) break;
      at.at[t] = size_t(input_row(a, first_token + t)) * a.input.stride;
      if (mine.group.count > 0) at.at[t] += size_t(mine.group.head) * mine.projection->head_input;
    }
    Sums<rows, tokens> sums;
    sums.clear();
    add_any_rows(mine.matrices, mine.row_at, mine.lane, m.units, m.lanes, a.input, at, sums);
    sums.add_over(m.lanes);
    if (!a.input.norm.empty()) warp_sum(sums.squares, m.lanes);
    store_sums(mine, a.input, sums, a.epsilon, first_token, at.count);
  }
}

// The same with the input as bytes in shared memory, of which `used` bytes are taken.
template <int tokens>
DEVICE void project_bytes(const ProjectArguments& a, const Workers& workers, int first_token,
                          size_t used) {
  constexpr int rows = rows_of<tokens>;
  if (!workers.has_some_of(a.bundles)) return;
  const int units = a.projections[0].matrix.units, columns = a.projections[0].matrix.columns;
  const int count = a.tokens - first_token < tokens ? a.tokens - first_token : tokens;
  ByteRow inputs[tokens];
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    inputs[t] = lay_out_byte_row(units, used);
    if (t >= count) break;
    round_to_bytes(a.input, size_t(input_row(a, first_token + t)) * a.input.stride, 0, units,
                   inputs[t], thread_index(), thread_count());
  }
  block_barrier();
  float factors[tokens];
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    factors[t] = t < count ? byte_row_factor(a.input, inputs[t], units, columns, a.epsilon) : 1.0f;
  }
  for (int bundle = workers.warp(); bundle < a.bundles; bundle += workers.warps()) {
    RowsOfLane<rows> mine;
    mine.find(a, bundle);
    float products[rows][tokens] = {};
    add_any_byte_rows(mine.matrices, mine.row_at,
                      {0, units, mine.lane, mine.projection->matrix.lanes}, inputs, count,
                      products);
    Sums<rows, tokens> sums;
#pragma unroll
    for (int t = 0; t < tokens; ++t) {
#pragma unroll
      for (int r = 0; r < rows; ++r) sums.product[r][t] = products[r][t] * factors[t];
    }
    sums.add_over(mine.projection->matrix.lanes);
    store_sums(mine, {}, sums, a.epsilon, first_token, count);
  }
}

}  // namespace engine::backend::cuda
