// The products of project.h, as its kernels and those of phases do them. A bundle is what a warp
// takes at a time: a few rows, shared among its lanes (project_rows.h).
#pragma once

#include "engine/backend/cuda/project_rows.h"
#include "engine/backend/cuda/workers.h"

namespace engine::backend::cuda {

DEVICE int input_row(const ProjectArguments& a, int token) {
  return a.input_rows.empty() ? token : a.input_rows[token];
}

// `tokens` tokens from `first_token` on, the input in float32.
template <int tokens, Known known = Known::nothing>
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
      if (tokens > 1 && t >= at.count) break;
      at.at[t] = size_t(input_row(a, first_token + t)) * a.input.stride;
      if (mine.group.count > 0) at.at[t] += size_t(mine.group.head) * mine.projection->head_input;
    }
    Sums<rows, tokens> sums;
    sums.clear();
    const DeviceMatrix* matrices[rows];
    size_t rows_at[rows];
#pragma unroll
    for (int r = 0; r < rows; ++r) matrices[r] = &m, rows_at[r] = m.row_at(mine.numbers[r]);
    add_any_rows<known>(matrices, rows_at, mine.lane, m.units, m.lanes, a.input, at, sums);
    sums.add_over(m.lanes);
    if (!a.input.norm.empty()) lanes_sum(sums.squares, m.lanes);
    store_sums(mine, a.input, sums, a.epsilon, first_token, at.count);
  }
}

// The same with the input as bytes in shared memory, of which `used` bytes are taken. `ready`
// returns when the input may be read; the first weights are on their way by then, and those of a
// bundle before the sums of the one before it.
template <int tokens, Known known = Known::nothing, typename Ready>
DEVICE void project_bytes(const ProjectArguments& a, const Workers& workers, int first_token,
                          size_t used, const Ready& ready) {
  constexpr int rows = rows_of<tokens>;
  if (!workers.has_some_of(a.bundles)) return;
  int bundle = workers.warp();
  RowsOfLane<rows> mine;
  FirstUnits<known, rows> first;
  const auto start = [&] {
    if (!first.ahead || bundle >= a.bundles) return;
    mine.find(a, bundle);
    first.fetch(byte_rows_of(mine), span_of(mine));
  };
  start();
  ready();
  const int units = a.projections[0].matrix.units, columns = a.projections[0].matrix.columns;
  const int count = a.tokens - first_token < tokens ? a.tokens - first_token : tokens;
  ByteRow inputs[tokens];
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    inputs[t] = lay_out_byte_row(units, used);
    if (tokens > 1 && t >= count) break;
    round_to_bytes(a.input, size_t(input_row(a, first_token + t)) * a.input.stride, 0, units,
                   inputs[t], thread_index(), thread_count());
  }
  block_barrier();
  float factors[tokens];
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    factors[t] = t < count ? byte_row_factor(a.input, inputs[t], units, columns, a.epsilon) : 1.0f;
  }
  while (bundle < a.bundles) {
    if (!first.ahead) mine.find(a, bundle);
    float products[rows][tokens] = {};
    add_any_byte_rows<known>(byte_rows_of(mine), span_of(mine), first, inputs, count, products);
    Sums<rows, tokens> sums;
#pragma unroll
    for (int t = 0; t < tokens; ++t) {
      sums.squares[t] = 0;
#pragma unroll
      for (int r = 0; r < rows; ++r) sums.product[r][t] = products[r][t] * factors[t];
    }
    const RowsOfLane<rows> done = mine;
    bundle += workers.warps();
    start();
    sums.add_over(done.projection->matrix.lanes);
    store_sums(done, {}, sums, a.epsilon, first_token, count);
  }
}

}  // namespace engine::backend::cuda
