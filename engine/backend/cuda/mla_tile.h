// A block of mla_phase.h: its part of the work and what it has in shared memory.
#pragma once

#include "engine/backend/cuda/mla_tensor.h"
#include "engine/backend/cuda/workers.h"

namespace engine::backend::cuda {

// Of a block: with many rows more warps hide what each waits for.
inline constexpr int mla_few_warps = 8, mla_many_warps = 16;
inline constexpr int score_pitch = tile_positions + 4;   // floats
inline constexpr int weight_pitch = tile_positions + 8;  // halves
inline constexpr int rows_at_once = 2;                   // that a warp copies

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

// Which block this is: of a large batch's tiles and splits, or of a token's splits and its heads by
// sixteens.
struct BlockOfRows {
  int x, y, token;
};

// The block's rows and positions.
struct Part {
  int first_row = 0, rows = 0;
  int begin = 0, end = 0;
};

DEVICE Part find_part(const TiledAttention& a, const BlockOfRows& at) {
  const AttentionArguments& c = a.common;
  Part part;
  if (!a.tiles.empty()) {
    // The last rows see the most positions: they start first.
    const RowTile& tile = a.tiles[a.tile_count - 1 - at.x];
    part.first_row = tile.first;
    part.rows = tile.count;
    part.end = c.tokens.positions[(tile.first + tile.count - 1) / c.heads] + 1;
    if (c.splits == 1) return part;
    part.begin = at.y * a.chunk;
    if (part.begin + a.chunk < part.end) part.end = part.begin + a.chunk;
    return part;
  }
  const int token = at.token, head = at.y * 16;
  part.first_row = token * c.heads + head;
  part.rows = c.heads - head < 16 ? c.heads - head : 16;
  const int positions = c.tokens.positions[token] + 1, chunk = chunk_of(positions, c.heads, false);
  part.begin = at.x * chunk;
  part.end = part.begin + chunk < positions ? part.begin + chunk : positions;
  return part;
}

}  // namespace engine::backend::cuda
