// Which rows of project.h's matrices the lanes of a warp multiply, and where their sums go.
#pragma once

#include "engine/backend/cuda/project.h"

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
  const int head = static_cast<int>(uint64_t{static_cast<uint32_t>(group)} * p.per_head >> 31);
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
  int numbers[rows];  // of the rows, in the matrix

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
      numbers[r] = r < group.count ? row : m.rows - 1;
    }
  }
};

// Each sum by another lane as far as there are lanes, and all in the same instructions.
template <int rows, int tokens>
DEVICE void store_sums(const RowsOfLane<rows>& at, const Input& input,
                       const Sums<rows, tokens>& sums, float epsilon, int first_token, int count) {
  const Projection& p = *at.projection;
  for (int i = at.lane; i < count * rows; i += p.matrix.lanes) {
    const int token = i / rows, r = i % rows;
    if (r >= at.group.count) continue;
    float product = 0, squares = 0;
#pragma unroll
    for (int t = 0; t < tokens; ++t) {
      squares = t == token ? sums.squares[t] : squares;
#pragma unroll
      for (int n = 0; n < rows; ++n) product = t * rows + n == i ? sums.product[n][t] : product;
    }
    float value = product * norm_factor(input, squares, p.matrix.columns, epsilon);
    const int row = at.group.head * p.head_rows + at.group.first + r;
    if (!p.bias.empty()) value += p.bias[row];
    const size_t to = size_t(first_token + token) * p.output_stride +
                      size_t(at.group.head) * p.head_output +
                      interleaved(p.output_in_heads ? row : at.group.first + r, p.output_group);
    if (p.store == Store::add) value += p.output[to];
    p.output[to] = value;
  }
}

template <int rows>
DEVICE ByteRows<rows> byte_rows_of(const RowsOfLane<rows>& at) {
  const DeviceMatrix& m = at.projection->matrix;
  ByteRows<rows> there{&m, {}};
#pragma unroll
  for (int r = 0; r < rows; ++r) there.data[r] = m.row(at.numbers[r]);
  return there;
}
template <int rows>
DEVICE Span span_of(const RowsOfLane<rows>& at) {
  const DeviceMatrix& m = at.projection->matrix;
  return {0, m.units, at.lane, m.lanes};
}

}  // namespace engine::backend::cuda
