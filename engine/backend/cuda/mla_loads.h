// How queries and latents come into the shared memory of mla_phase.h.
#pragma once

#include "engine/backend/cuda/mla_fp8_loads.h"

namespace engine::backend::cuda {

// Rows are copied by warps, some at a time, and each of their loads is under way before the first
// is stored: latency is paid once. No index is divided.
inline constexpr int pieces_of_lane = (max_head_cells + 255) / 256;

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
  if (c.cache.is_fp8()) return load_fp8_latents<warps>(c, part, first, m);
  const int width = c.keys.width, pitch = pitch_of(width);
  const int start = c.tokens.table_starts[part.first_row / c.heads];
  for (int from = warp_index(); from < tile_positions; from += warps * rows_at_once) {
    Words4 words[rows_at_once][pieces_of_lane];
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
      const int position = first + from + r * warps;
      const int read = position < part.end ? position : part.end - 1;
      const size_t slot = slot_at(c.tokens, start, read);
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

}  // namespace engine::backend::cuda
