#include "engine/backend/cuda/project.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256, least_threads = 64;

// A matrix of few rows is spread over many small blocks, so that most processors take part.
constexpr int enough_blocks = 264;
constexpr size_t most_shared_bytes = 96 << 10;

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
  const int head = group / groups_a_head, first = group % groups_a_head * rows;
  const int there = p.matrix.rows - head * p.head_rows;  // negative past the last head
  const int last = p.head_rows < there ? p.head_rows : there;
  return {head, first, last - first < rows ? last - first : rows};
}

DEVICE const Projection& projection_of_block(const ProjectArguments& a) {
  int index = 0;
  while (index + 1 < a.count && block_x() >= a.projections[index + 1].first_block) ++index;
  return a.projections[index];
}

// Groups past the end repeat the last row, so that all lanes take part in the sums.
template <int rows>
DEVICE void find_rows(const Projection& p, const RowGroup& group,
                      const DeviceMatrix* (&matrices)[rows], size_t (&row_at)[rows]) {
#pragma unroll
  for (int r = 0; r < rows; ++r) {
    const int row = group.head * p.head_rows + group.first + r;
    matrices[r] = &p.matrix;
    row_at[r] = p.matrix.row_at(r < group.count ? row : p.matrix.rows - 1);
  }
}

DEVICE int input_row(const ProjectArguments& a, int token) {
  return a.input_rows.empty() ? token : a.input_rows[token];
}

template <int rows, int tokens>
DEVICE void store_sums(const Projection& p, const Input& input, const Sums<rows, tokens>& sums,
                       float epsilon, const RowGroup& group, int first_token, int count, int lane) {
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    if (t >= count) break;
    const float factor = norm_factor(input, sums.squares[t], p.matrix.columns, epsilon);
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      if (((t * rows + r) & (p.matrix.lanes - 1)) != lane || r >= group.count) continue;
      float value = sums.product[r][t] * factor;
      const int row = group.head * p.head_rows + group.first + r;
      if (!p.bias.empty()) value += p.bias[row];
      const size_t at = size_t(first_token + t) * p.output_stride +
                        size_t(group.head) * p.head_output +
                        interleaved(p.output_in_heads ? row : group.first + r, p.output_group);
      if (p.store == Store::add) value += p.output[at];
      p.output[at] = value;
    }
  }
}

template <int tokens>
KERNEL(threads)
project_kernel(PARAMETER(ProjectArguments) a) {
  wait_for_previous_kernel();
  constexpr int rows = rows_of<tokens>;
  const Projection& p = projection_of_block(a);
  const DeviceMatrix& m = p.matrix;
  const int lane = lane_index() & (m.lanes - 1);
  const RowGroup group = group_rows<rows>(
      p, ((block_x() - p.first_block) * thread_count() + thread_index()) / m.lanes);
  const DeviceMatrix* matrices[rows];
  size_t row_at[rows];
  find_rows(p, group, matrices, row_at);
  const int first_token = block_y() * tokens;
  TokenRows<tokens> at;
  at.count = a.tokens - first_token < tokens ? a.tokens - first_token : tokens;
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    if (t >= at.count) break;
    const int row = input_row(a, first_token + t);
    at.at[t] = size_t(row) * a.input.stride;
    if (group.count > 0) at.at[t] += size_t(group.head) * p.head_input;
  }
  Sums<rows, tokens> sums;
  sums.clear();
  add_any_rows(matrices, row_at, lane, m.units, m.lanes, a.input, at, sums);
  sums.add_over(m.lanes);
  if (!a.input.norm.empty()) warp_sum(sums.squares, m.lanes);
  store_sums(p, a.input, sums, a.epsilon, group, first_token, at.count, lane);
}

template <int tokens>
KERNEL(threads)
project_bytes_kernel(PARAMETER(ProjectArguments) a) {
  constexpr int rows = rows_of<tokens>;
  const Projection& p = projection_of_block(a);
  const DeviceMatrix& m = p.matrix;
  const int lane = lane_index() & (m.lanes - 1);
  const RowGroup group = group_rows<rows>(
      p, ((block_x() - p.first_block) * thread_count() + thread_index()) / m.lanes);
  const DeviceMatrix* matrices[rows];
  size_t row_at[rows];
  find_rows(p, group, matrices, row_at);
  const int first_token = block_y() * tokens;
  const int count = a.tokens - first_token < tokens ? a.tokens - first_token : tokens;
  ByteRow inputs[tokens];
  size_t used = 0;
#pragma unroll
  for (int t = 0; t < tokens; ++t) inputs[t] = lay_out_byte_row(m.units, used);
  wait_for_previous_kernel();
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    if (t >= count) break;
    const int row = input_row(a, first_token + t);
    round_to_bytes(a.input, size_t(row) * a.input.stride, 0, m.units, inputs[t], thread_index(),
                   thread_count());
  }
  block_barrier();
  float products[rows][tokens] = {};
  add_any_byte_rows(matrices, row_at, {0, m.units, lane, m.lanes}, inputs, count, products);
  Sums<rows, tokens> sums;
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    const float factor =
        t < count ? byte_row_factor(a.input, inputs[t], m.units, m.columns, a.epsilon) : 1.0f;
#pragma unroll
    for (int r = 0; r < rows; ++r) sums.product[r][t] = products[r][t] * factor;
  }
  sums.add_over(m.lanes);
  store_sums(p, {}, sums, a.epsilon, group, first_token, count, lane);
}

// Whether all of a launch's products can take their input as bytes.
bool suits_bytes(const ProjectArguments& a) {
  for (int i = 0; i < a.count; ++i) {
    const Projection& p = a.projections[i];
    if (!has_byte_levels(p.matrix.format) || p.head_input != 0) return false;
  }
  return a.bytes != 0 && byte_row_bytes(a.projections[0].matrix.units) * 4 < most_shared_bytes;
}

template <int tokens>
void launch_project(Stream& stream, ProjectArguments& a, bool bytes = false) {
  int groups[max_projections];
  long lanes = 0;
  for (int i = 0; i < a.count; ++i) {
    Projection& p = a.projections[i];
    if (p.head_rows == 0) p.head_rows = p.matrix.rows;
    const int heads = (p.matrix.rows + p.head_rows - 1) / p.head_rows;
    groups[i] = (p.head_rows + rows_of<tokens> - 1) / rows_of<tokens> * heads;
    lanes += long{groups[i]} * p.matrix.lanes;
  }
  const int y = (a.tokens + tokens - 1) / tokens;
  int block = threads;
  while (block > least_threads && lanes * y < long{block} * enough_blocks) block /= 2;
  int blocks = 0;
  for (int i = 0; i < a.count; ++i) {
    const int groups_a_block = block / a.projections[i].matrix.lanes;
    a.projections[i].first_block = blocks;
    blocks += (groups[i] + groups_a_block - 1) / groups_a_block;
  }
  const size_t shared = bytes ? byte_row_bytes(a.projections[0].matrix.units) * tokens : 0;
  launch(stream, {{blocks, y}, block, shared},
         bytes ? project_bytes_kernel<tokens> : project_kernel<tokens>, a);
}

}  // namespace

void project(Stream& stream, ProjectArguments arguments) {
  INVARIANT(arguments.count >= 1 && arguments.count <= max_projections);
  if (arguments.tokens == 0) return;
  if (suits_bytes(arguments)) {
    return arguments.tokens == 1 ? launch_project<1>(stream, arguments, true)
                                 : launch_project<4>(stream, arguments, true);
  }
  if (arguments.tokens == 1) return launch_project<1>(stream, arguments);
  if (arguments.tokens <= 4) return launch_project<4>(stream, arguments);
  launch_project<16>(stream, arguments);
}

}  // namespace engine::backend::cuda
