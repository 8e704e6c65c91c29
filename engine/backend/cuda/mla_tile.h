// What a block of mla_phase.h has in shared memory, and how it comes there.
#pragma once

#include "engine/backend/cuda/mla_tensor.h"
#include "engine/backend/cuda/workers.h"

namespace engine::backend::cuda {

inline constexpr int mla_threads = 256, mla_warps = mla_threads / 32;
inline constexpr int tile_positions = 64;
inline constexpr int score_pitch = tile_positions + 4;   // floats
inline constexpr int weight_pitch = tile_positions + 8;  // halves
inline constexpr float lowest = -3.0e38f;

ANYWHERE int padded(int width) { return (width + 31) / 32 * 32; }
ANYWHERE int pitch_of(int width) { return padded(width) + 8; }

// What a block has in shared memory.
struct Memory64 {
  View<uint16_t> queries, latents, weights;
  View<float> scores, most, sum, factor;
};

DEVICE Memory64 lay_out(int rows, int width, size_t used) {
  Memory64 m;
  m.queries = shared<uint16_t>(size_t(rows) * pitch_of(width), used);
  m.latents = shared<uint16_t>(size_t(tile_positions) * pitch_of(width), used);
  m.weights = shared<uint16_t>(size_t(rows) * weight_pitch, used);
  m.scores = shared<float>(size_t(rows) * score_pitch, used);
  m.most = shared<float>(rows, used);
  m.sum = shared<float>(rows, used);
  m.factor = shared<float>(rows, used);
  return m;
}

// Which block this is: of a large batch's tiles, or of a token's splits and its heads by sixteens.
struct BlockOfRows {
  int x, heads, token;
};

// The block's rows and positions.
struct Part {
  int first_row = 0, rows = 0;
  int begin = 0, end = 0;
};

DEVICE Part find_part(const MlaTensorArguments& a, const BlockOfRows& at) {
  const AttentionArguments& c = a.common;
  Part part;
  if (!a.tiles.empty()) {
    // The last rows see the most positions: they start first.
    const RowTile& tile = a.tiles[a.tile_count - 1 - at.x];
    part.first_row = tile.first;
    part.rows = tile.count;
    part.end = c.tokens.positions[(tile.first + tile.count - 1) / c.heads] + 1;
    return part;
  }
  const int token = at.token, head = at.heads * 16;
  part.first_row = token * c.heads + head;
  part.rows = c.heads - head < 16 ? c.heads - head : 16;
  const int positions = c.tokens.positions[token] + 1, chunk = chunk_of(positions, c.heads, false);
  part.begin = at.x * chunk;
  part.end = part.begin + chunk < positions ? part.begin + chunk : positions;
  return part;
}

// Rows are copied by warps, two at a time, and each of their loads is under way before the first is
// stored: latency is paid once. No index is divided.
inline constexpr int rows_at_once = 2, pieces_of_lane = (max_head_cells + 255) / 256;

DEVICE void load_queries(const AttentionArguments& c, const Part& part, int rows,
                         const Memory64& m) {
  const int width = c.keys.width, pitch = pitch_of(width);
  for (int first = warp_index(); first < rows; first += mla_warps * rows_at_once) {
    Float4 x[rows_at_once][pieces_of_lane][2];
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
#pragma unroll
      for (int n = 0; n < pieces_of_lane; ++n) {
        const int row = first + r * mla_warps, column = (lane_index() + n * 32) * 8;
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
        const int row = first + r * mla_warps, column = (lane_index() + n * 32) * 8;
        if (row >= rows || column >= padded(width)) continue;
        const Float4 &low = x[r][n][0], &high = x[r][n][1];
        store_halves(m.queries, size_t(row) * pitch + column,
                     {pack_halves(low.x, low.y), pack_halves(low.z, low.w),
                      pack_halves(high.x, high.y), pack_halves(high.z, high.w)});
      }
    }
  }
  for (int row = thread_index(); row < rows; row += mla_threads) {
    m.most[row] = lowest;
    m.sum[row] = 0;
  }
}

DEVICE void load_latents(const AttentionArguments& c, const Part& part, int first,
                         const Memory64& m) {
  const int width = c.keys.width, pitch = pitch_of(width);
  const int start = c.tokens.table_starts[part.first_row / c.heads];
  for (int from = warp_index(); from < tile_positions; from += mla_warps * rows_at_once) {
    Words4 words[rows_at_once][pieces_of_lane];
#pragma unroll
    for (int r = 0; r < rows_at_once; ++r) {
      const int position = first + from + r * mla_warps;
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
        store_halves(m.latents, size_t(from + r * mla_warps) * pitch + column, words[r][n]);
      }
    }
  }
}

}  // namespace engine::backend::cuda
