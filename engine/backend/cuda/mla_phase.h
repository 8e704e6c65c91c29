// A block holds its queries in shared memory and walks over the positions in tiles of 64, each read
// once for all rows and used twice: as keys (scores: each warp takes 8 positions, all rows) and as
// values (each warp takes an eighth of the columns, whose sums stay in its registers). Between the
// two the softmax runs along in shared memory, a few rows to a warp.
//
// The design follows arXiv:2307.08691 (FlashAttention-2), with keys and values being the same.
#pragma once

#include "engine/backend/cuda/mla_loads.h"
#include "engine/backend/cuda/mla_products.h"

namespace engine::backend::cuda {

// From the registers of the products into shared memory: rows `pitch` apart.
template <int row_tiles, int column_tiles>
DEVICE void stage_values(const float (&values)[row_tiles][column_tiles][4], int first_column,
                         int pitch, const View<float>& staged) {
  const int lane = lane_index();
#pragma unroll
  for (int i = 0; i < row_tiles; ++i) {
#pragma unroll
    for (int part = 0; part < 4; ++part) {
      const size_t row = i * 16 + lane / 4 + part / 2 * 8;
#pragma unroll
      for (int j = 0; j < column_tiles; ++j) {
        staged[row * pitch + first_column + j * 8 + lane % 4 * 2 + part % 2] = values[i][j][part];
      }
    }
  }
}

DEVICE Float4 divided(const Float4& v, float by) {
  return {v.x / by, v.y / by, v.z / by, v.w / by};
}

// Where a large batch's finished values, a token's, or those of a split go. A loop over what is in
// shared memory: as straight code it would take longer to fetch than to run.
template <int lora>
DEVICE void store_values(const TiledAttention& a, const Part& part, int split, int threads,
                         const Memory64& m, const View<const float>& staged, int pitch) {
  const AttentionArguments& c = a.common;
#pragma unroll 1
  for (int i = thread_index(); i < part.rows * (lora / 8); i += threads) {
    const int row = i / (lora / 8), column = i % (lora / 8) * 8;
    const size_t whole = size_t(part.first_row + row);
    Float4 low = load_float4(staged, size_t(row) * pitch + column);
    Float4 high = load_float4(staged, size_t(row) * pitch + column + 4);
    if (c.splits > 1) {
      const size_t to = (whole * c.splits + split) * lora + column;
      store_float4(c.partial, to, low), store_float4(c.partial, to + 4, high);
      continue;
    }
    low = divided(low, m.sum[row]), high = divided(high, m.sum[row]);
    if (a.tiles.empty()) {
      const int token = static_cast<int>(whole) / c.heads;
      const int head = static_cast<int>(whole) - token * c.heads;
      const size_t to = size_t(token) * c.output_stride + size_t(head) * c.output_head + column;
      store_float4(c.output, to, low), store_float4(c.output, to + 4, high);
    } else {
      store_halves(a.halves, whole * lora + column,
                   {pack_halves(low.x, low.y), pack_halves(low.z, low.w),
                    pack_halves(high.x, high.y), pack_halves(high.z, high.w)});
    }
  }
  if (c.splits == 1 || thread_index() >= part.rows) return;
  const size_t at = (size_t(part.first_row + thread_index()) * c.splits + split) * 2;
  c.stats[at] = m.most[thread_index()];
  c.stats[at + 1] = m.sum[thread_index()];
}

// One block's rows over all positions of their part; `used` bytes of shared memory are taken.
template <int row_tiles, int column_tiles, int warps>
DEVICE void attend_rows(const TiledAttention& a, const BlockOfRows& at, size_t used) {
  constexpr int rows = row_tiles * 16, score_tiles = tile_positions / 8 * row_tiles / warps;
  constexpr int lora = column_tiles * warps * 8;
  const AttentionArguments& c = a.common;
  const int width = c.keys.width;
  const Part part = find_part(a, at);
  if (part.begin >= part.end) return;
  const Memory64 m = lay_out(rows, width, used);
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
  // Queries and latents are not needed any more, and take more room.
  constexpr int pitch = lora + 8;
  const View<float> staged{reinterpret_cast<float*>(m.queries.data), size_t(rows) * pitch};
  stage_values(values, first_column, pitch, staged);
  block_barrier();
  store_values<lora>(a, part, a.tiles.empty() ? at.x : at.y, warps * 32, m, staged, pitch);
}

}  // namespace engine::backend::cuda
