// A block holds its queries in shared memory and walks over the positions in tiles of 64, each read
// once for all rows and used twice: as keys (scores: each warp takes 8 positions, all rows) and as
// values (each warp takes an eighth of the columns, whose sums stay in its registers). Between the
// two the softmax runs along in shared memory, a few rows to a warp.
//
// The design follows arXiv:2307.08691 (FlashAttention-2), with keys and values being the same.
#include <algorithm>

#include "engine/backend/cuda/mla_tensor.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;  // of a merge
// Of a block: with many rows more warps hide what each waits for.
constexpr int few_warps = 8, many_warps = 16;
constexpr int tile_positions = 64;
constexpr int score_pitch = tile_positions + 4;   // floats
constexpr int weight_pitch = tile_positions + 8;  // halves
constexpr float lowest = -3.0e38f;

ANYWHERE int padded(int width) { return (width + 31) / 32 * 32; }
ANYWHERE int pitch_of(int width) { return padded(width) + 8; }

// What a block has in shared memory.
struct Memory64 {
  View<uint16_t> queries, latents, weights;
  View<float> scores, most, sum, factor;
};

DEVICE Memory64 lay_out(int rows, int width) {
  Memory64 m;
  size_t used = 0;
  m.queries = shared<uint16_t>(size_t(rows) * pitch_of(width), used);
  m.latents = shared<uint16_t>(size_t(tile_positions) * pitch_of(width), used);
  m.weights = shared<uint16_t>(size_t(rows) * weight_pitch, used);
  m.scores = shared<float>(size_t(rows) * score_pitch, used);
  m.most = shared<float>(rows, used);
  m.sum = shared<float>(rows, used);
  m.factor = shared<float>(rows, used);
  return m;
}

size_t shared_bytes(int rows, int width) {
  return size_t(rows + tile_positions) * pitch_of(width) * 2 + size_t(rows) * weight_pitch * 2 +
         size_t(rows) * (score_pitch + 3) * 4 + 64;
}

// The block's rows and positions.
struct Part {
  int first_row = 0, rows = 0;
  int begin = 0, end = 0;
};

DEVICE Part find_part(const MlaTensorArguments& a) {
  const AttentionArguments& c = a.common;
  Part part;
  if (!a.tiles.empty()) {
    // The last rows see the most positions: they start first.
    const RowTile& tile = a.tiles[a.tile_count - 1 - block_x()];
    part.first_row = tile.first;
    part.rows = tile.count;
    part.end = c.tokens.positions[(tile.first + tile.count - 1) / c.heads] + 1;
    if (c.splits == 1) return part;
    part.begin = block_y() * a.chunk;
    if (part.begin + a.chunk < part.end) part.end = part.begin + a.chunk;
    return part;
  }
  const int token = block_z(), head = block_y() * 16;
  part.first_row = token * c.heads + head;
  part.rows = c.heads - head < 16 ? c.heads - head : 16;
  const int positions = c.tokens.positions[token] + 1, chunk = chunk_of(positions, false);
  part.begin = block_x() * chunk;
  part.end = part.begin + chunk < positions ? part.begin + chunk : positions;
  return part;
}

// Rows are copied by warps, two at a time, and each of their loads is under way before the first is
// stored: latency is paid once. No index is divided.
constexpr int rows_at_once = 2, pieces_of_lane = (max_head_cells + 255) / 256;

template <int warps>
DEVICE void load_queries(const AttentionArguments& c, const Part& part, int rows,
                         const Memory64& m) {
  const int width = c.keys.width, pitch = pitch_of(width);
  for (int first = warp_index(); first < rows; first += warps * rows_at_once) {
    Float4 x[rows_at_once][pieces_of_lane][2];
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
#pragma unroll
      for (int n = 0; n < pieces_of_lane; ++n) {
        const int row = first + r * warps, column = (lane_index() + n * 32) * 8;
        x[r][n][0] = x[r][n][1] = {0, 0, 0, 0};
        if (row >= part.rows || column >= width) continue;
        const size_t at = size_t(part.first_row + row) * width + column;
        x[r][n][0] = load_float4(c.queries, at), x[r][n][1] = load_float4(c.queries, at + 4);
      }
    }
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
#pragma unroll
      for (int n = 0; n < pieces_of_lane; ++n) {
        const int row = first + r * warps, column = (lane_index() + n * 32) * 8;
        if (row >= rows || column >= padded(width)) continue;
        const Float4 &low = x[r][n][0], &high = x[r][n][1];
        store_halves(m.queries, size_t(row) * pitch + column,
                     {pack_halves(low.x, low.y), pack_halves(low.z, low.w),
                      pack_halves(high.x, high.y), pack_halves(high.z, high.w)});
      }
    }
  }
  for (int row = thread_index(); row < rows; row += warps * 32) {
    m.most[row] = lowest;
    m.sum[row] = 0;
  }
}

template <int warps>
DEVICE void load_latents(const AttentionArguments& c, const Part& part, int first,
                         const Memory64& m) {
  const int width = c.keys.width, pitch = pitch_of(width);
  const int start = c.tokens.table_starts[part.first_row / c.heads];
  for (int from = warp_index(); from < tile_positions; from += warps * rows_at_once) {
    Words4 words[rows_at_once][pieces_of_lane];
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
      const int position = first + from + r * warps;
      const int read = position < part.end ? position : part.end - 1;
      const int block = c.tokens.tables[start + read / block_slots];
      const size_t slot = size_t(block) * block_slots + read % block_slots;
#pragma unroll
      for (int n = 0; n < pieces_of_lane; ++n) {
        const int column = (lane_index() + n * 32) * 8;
        words[r][n] = {0, 0, 0, 0};
        if (position >= part.end || column >= width) continue;
        words[r][n] = load_halves(View<const uint16_t>(c.cache.halves), slot * width + column);
      }
    }
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
#pragma unroll
      for (int n = 0; n < pieces_of_lane; ++n) {
        const int column = (lane_index() + n * 32) * 8;
        if (column >= padded(width)) continue;
        store_halves(m.latents, size_t(from + r * warps) * pitch + column, words[r][n]);
      }
    }
  }
}

// scores[row][position] of the tile, unscaled: this warp's 16 rows and 8 · column_tiles positions.
template <int column_tiles>
DEVICE void score(int width, int first_row, int first_column, const Memory64& m) {
  const int lane = lane_index(), pitch = pitch_of(width);
  float s[column_tiles][4] = {};
#pragma unroll 2
  for (int k = 0; k < padded(width); k += 32) {
    uint32_t a[2][4];
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      load_tiles(a[half],
                 &m.queries[size_t(first_row + lane % 16) * pitch + k + half * 16 + lane / 16 * 8]);
    }
#pragma unroll
    for (int j = 0; j < column_tiles; ++j) {
      uint32_t b[4];
      load_tiles(b, &m.latents[size_t(first_column + j * 8 + lane % 8) * pitch + k + lane / 8 * 8]);
      multiply_tiles(s[j], a[0], b[0], b[1]);
      multiply_tiles(s[j], a[1], b[2], b[3]);
    }
  }
#pragma unroll
  for (int j = 0; j < column_tiles; ++j) {
#pragma unroll
    for (int part = 0; part < 4; ++part) {
      const int row = first_row + lane / 4 + part / 2 * 8;
      m.scores[size_t(row) * score_pitch + first_column + j * 8 + lane % 4 * 2 + part % 2] =
          s[j][part];
    }
  }
}

// The tile's weights exp(score − most), and the factor for what was summed with a lower `most`.
template <int warps>
DEVICE void soften(const AttentionArguments& c, const Part& part, int rows, int first,
                   const Memory64& m) {
  const int lane = lane_index();
#pragma unroll(warps == many_warps ? 2 : 1)
  for (int row = warp_index(); row < rows; row += warps) {
    const bool there = row < part.rows;
    const int last = there ? c.tokens.positions[(part.first_row + row) / c.heads] : -1;
    float scores[2], most = m.most[row];
    const float before = most;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const int position = first + i * 32 + lane;
      const bool seen = position <= last && position < part.end;
      scores[i] = seen ? m.scores[size_t(row) * score_pitch + i * 32 + lane] * c.scale : lowest;
      most = scores[i] > most ? scores[i] : most;
    }
    most = warp_max(most);
    float total[1] = {0};
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const float weight = scores[i] > lowest ? exponential(scores[i] - most) : 0.0f;
      total[0] += weight;
      m.weights[size_t(row) * weight_pitch + i * 32 + lane] =
          static_cast<uint16_t>(pack_halves(weight, 0));
    }
    warp_sum(total, 32);
    if (lane != 0) continue;
    const float factor = exponential(before - most);
    m.factor[row] = factor;
    m.most[row] = most;
    m.sum[row] = multiply_add(m.sum[row], factor, total[0]);
  }
}

// values += weights · latents, over this warp's columns: 8 · column_tiles from `first_column`.
template <int row_tiles, int column_tiles>
DEVICE void add_values(int width, int first_column, const Memory64& m,
                       float (&values)[row_tiles][column_tiles][4]) {
  const int lane = lane_index(), pitch = pitch_of(width);
#pragma unroll
  for (int i = 0; i < row_tiles; ++i) {
    const float upper = m.factor[i * 16 + lane / 4], lower = m.factor[i * 16 + lane / 4 + 8];
#pragma unroll
    for (int j = 0; j < column_tiles; ++j) {
      values[i][j][0] *= upper, values[i][j][1] *= upper;
      values[i][j][2] *= lower, values[i][j][3] *= lower;
    }
  }
#pragma unroll 1
  for (int k = 0; k < tile_positions; k += 16) {
    uint32_t a[row_tiles][4];
#pragma unroll
    for (int i = 0; i < row_tiles; ++i) {
      load_tiles(a[i], &m.weights[size_t(i * 16 + lane % 16) * weight_pitch + k + lane / 16 * 8]);
    }
#pragma unroll
    for (int j = 0; j < column_tiles; j += 2) {
      uint32_t b[4];
      load_tiles_transposed(b, &m.latents[size_t(k + lane / 8 % 2 * 8 + lane % 8) * pitch +
                                          first_column + j * 8 + lane / 16 * 8]);
#pragma unroll
      for (int i = 0; i < row_tiles; ++i) {
        multiply_tiles(values[i][j], a[i], b[0], b[1]);
        multiply_tiles(values[i][j + 1], a[i], b[2], b[3]);
      }
    }
  }
}

template <int row_tiles, int column_tiles>
DEVICE void store_values(const MlaTensorArguments& a, const Part& part, int first_column,
                         const Memory64& m, const float (&values)[row_tiles][column_tiles][4]) {
  const AttentionArguments& c = a.common;
  const int lane = lane_index();
#pragma unroll
  for (int i = 0; i < row_tiles; ++i) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int row = i * 16 + lane / 4 + half * 8;
      if (row >= part.rows) continue;
      const size_t whole = size_t(part.first_row + row);
      const size_t split_row = whole * c.splits + (a.tiles.empty() ? block_x() : block_y());
#pragma unroll
      for (int j = 0; j < column_tiles; ++j) {
        const int column = first_column + j * 8 + lane % 4 * 2;
        const float x = values[i][j][half * 2], y = values[i][j][half * 2 + 1];
        if (a.tiles.empty() && c.splits == 1) {
          const int token = (part.first_row + row) / c.heads;
          const int head = part.first_row + row - token * c.heads;
          store_attended(c, token, head, column, x / m.sum[row]);
          store_attended(c, token, head, column + 1, y / m.sum[row]);
        } else if (c.splits > 1) {
          c.partial[split_row * c.values.width + column] = x;
          c.partial[split_row * c.values.width + column + 1] = y;
        } else {
          const uint32_t both = pack_halves(x / m.sum[row], y / m.sum[row]);
          a.halves[whole * c.values.width + column] = static_cast<uint16_t>(both);
          a.halves[whole * c.values.width + column + 1] = static_cast<uint16_t>(both >> 16);
        }
      }
      if (c.splits == 1 || warp_index() != 0 || lane % 4 != 0) continue;
      c.stats[split_row * 2] = m.most[row];
      c.stats[split_row * 2 + 1] = m.sum[row];
    }
  }
}

template <int row_tiles, int column_tiles, int warps>
KERNEL(warps * 32)
mla_tensor_kernel(PARAMETER(MlaTensorArguments) a) {
  wait_for_previous_kernel();
  constexpr int rows = row_tiles * 16, score_tiles = tile_positions / 8 * row_tiles / warps;
  const AttentionArguments& c = a.common;
  const int width = c.keys.width;
  const Part part = find_part(a);
  if (part.begin >= part.end) return;
  const Memory64 m = lay_out(rows, width);
  const int first_column = warp_index() * column_tiles * 8;
  float values[row_tiles][column_tiles][4] = {};
  load_queries<warps>(c, part, rows, m);
  for (int first = part.begin; first < part.end; first += tile_positions) {
    load_latents<warps>(c, part, first, m);
    block_barrier();
    score<score_tiles>(width, warp_index() % row_tiles * 16,
                       warp_index() / row_tiles * score_tiles * 8, m);
    block_barrier();
    soften<warps>(c, part, rows, first, m);
    block_barrier();
    add_values<row_tiles, column_tiles>(width, first_column, m, values);
    block_barrier();
  }
  store_values<row_tiles, column_tiles>(a, part, first_column, m, values);
}

// One block a row. Splits that begin behind the row's own position had nothing to say.
KERNEL(threads) merge_tiles_kernel(PARAMETER(MlaTensorArguments) a) {
  wait_for_previous_kernel();
  const AttentionArguments& c = a.common;
  const size_t row = block_x(), first = row * c.splits;
  const int positions = c.tokens.positions[block_x() / c.heads] + 1;
  const int splits = (positions + a.chunk - 1) / a.chunk;
  float most = lowest, sum = 0;
  for (int s = 0; s < splits; ++s) {
    const float other = c.stats[(first + s) * 2];
    most = other > most ? other : most;
  }
  for (int s = 0; s < splits; ++s) {
    const size_t at = (first + s) * 2;
    sum = multiply_add(exponential(c.stats[at] - most), c.stats[at + 1], sum);
  }
  for (int i = thread_index(); i < c.values.width; i += threads) {
    float value = 0;
    for (int s = 0; s < splits; ++s) {
      const size_t at = first + s;
      value = multiply_add(exponential(c.stats[at * 2] - most), c.partial[at * c.values.width + i],
                           value);
    }
    a.halves[row * c.values.width + i] = static_cast<uint16_t>(pack_halves(value / sum, 0));
  }
}

using Kernel = void (*)(MlaTensorArguments);

struct Shape {
  Kernel kernel = nullptr;
  int warps = few_warps;
};

Shape shape_for(int lora, bool large) {
  if (lora == 512) {
    return large ? Shape{mla_tensor_kernel<4, 4, many_warps>, many_warps}
                 : Shape{mla_tensor_kernel<1, 8, few_warps>};
  }
  if (lora == 256) {
    return large ? Shape{mla_tensor_kernel<4, 2, many_warps>, many_warps}
                 : Shape{mla_tensor_kernel<1, 4, few_warps>};
  }
  if (lora != 128) return {};
  return {large ? mla_tensor_kernel<4, 2, few_warps> : mla_tensor_kernel<1, 2, few_warps>};
}

}  // namespace

int mla_tile_rows(int lora, int rope, size_t shared, bool large) {
  if (shape_for(lora, false).kernel == nullptr || rope % 8 != 0) return 0;
  if (large && shared_bytes(64, lora + rope) <= shared) return 64;
  return shared_bytes(16, lora + rope) <= shared ? 16 : 0;
}

PositionSplits split_positions(int tiles, int tokens, int positions) {
  // What partial results have room for (step.cu), and about a block for each processor.
  const int most = std::min(16 * max_splits / tokens, 128 / std::max(1, tiles));
  const int steps = (positions + tile_positions - 1) / tile_positions;
  if (most <= 1 || steps <= 1) return {};
  const int steps_each = (steps + most - 1) / most;
  return {(steps + steps_each - 1) / steps_each, steps_each * tile_positions};
}

void attend_on_tensor_cores(Stream& stream, const MlaTensorArguments& a, int tile_rows) {
  const AttentionArguments& c = a.common;
  INVARIANT(tile_rows == 16 || tile_rows == 64);
  const size_t bytes = shared_bytes(tile_rows, c.keys.width);
  const Shape shape = shape_for(c.values.width, tile_rows == 64);
  const GridExtent grid = a.tiles.empty()
                              ? GridExtent{c.splits, (c.heads + 15) / 16, c.tokens.count}
                              : GridExtent{a.tile_count, c.splits};
  launch(stream, {grid, shape.warps * 32, bytes}, shape.kernel, a);
  if (a.tiles.empty() || c.splits == 1) return;
  launch(stream, {{c.tokens.count * c.heads}, threads}, merge_tiles_kernel, a);
}

}  // namespace engine::backend::cuda
