// A block holds its queries in shared memory and walks over the positions in tiles of 64, each read
// once for all rows and used twice: as keys (scores: each warp takes 8 positions, all rows) and as
// values (each warp takes an eighth of the columns, whose sums stay in its registers). Between the
// two the softmax runs along in shared memory, a few rows to a warp.
//
// The design follows arXiv:2307.08691 (FlashAttention-2), with keys and values being the same.
#pragma once

#include "engine/backend/cuda/mla_products.h"

namespace engine::backend::cuda {

template <int row_tiles, int column_tiles>
DEVICE void store_values(const MlaTensorArguments& a, const Part& part, int split,
                         int first_column,
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
      const size_t split_row = whole * c.splits + split;
#pragma unroll
      for (int j = 0; j < column_tiles; ++j) {
        const int column = first_column + j * 8 + lane % 4 * 2;
        const float x = values[i][j][half * 2], y = values[i][j][half * 2 + 1];
        if (a.tiles.empty() && c.splits == 1) {
          const int token = (part.first_row + row) / c.heads;
          const int head = part.first_row + row - token * c.heads;
          store_attended(c, token, head, column, x / m.sum[row]);
          store_attended(c, token, head, column + 1, y / m.sum[row]);
        } else if (a.tiles.empty()) {
          c.partial[split_row * c.values.width + column] = x;
          c.partial[split_row * c.values.width + column + 1] = y;
        } else {
          const uint32_t both = pack_halves(x / m.sum[row], y / m.sum[row]);
          a.halves[whole * c.values.width + column] = static_cast<uint16_t>(both);
          a.halves[whole * c.values.width + column + 1] = static_cast<uint16_t>(both >> 16);
        }
      }
      if (!a.tiles.empty() || c.splits == 1 || warp_index() != 0 || lane % 4 != 0) continue;
      c.stats[split_row * 2] = m.most[row];
      c.stats[split_row * 2 + 1] = m.sum[row];
    }
  }
}

// One block's rows over all positions of their part; `used` bytes of shared memory are taken.
template <int row_tiles, int column_tiles>
DEVICE void attend_rows(const MlaTensorArguments& a, const BlockOfRows& at, size_t used) {
  constexpr int rows = row_tiles * 16;
  const AttentionArguments& c = a.common;
  const int width = c.keys.width;
  const Part part = find_part(a, at);
  if (part.begin >= part.end) return;
  const Memory64 m = lay_out(rows, width, used);
  const int first_column = warp_index() * column_tiles * 8;
  float values[row_tiles][column_tiles][4] = {};
  load_queries(c, part, rows, m);
  for (int first = part.begin; first < part.end; first += tile_positions) {
    load_latents(c, part, first, m);
    block_barrier();
    score<row_tiles>(width, m);
    block_barrier();
    soften(c, part, rows, first, m);
    block_barrier();
    add_values<row_tiles, column_tiles>(width, first_column, m, values);
    block_barrier();
  }
  store_values<row_tiles, column_tiles>(a, part, at.x, first_column, m, values);
}

}  // namespace engine::backend::cuda
