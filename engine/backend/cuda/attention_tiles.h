// What the kernels of attention on tensor cores have in common (mla_tensor.h, gqa_tensor.h): tiles
// of rows that see the same keys, splits of their positions, and how the splits are merged.
#pragma once

#include "engine/backend/cuda/attention.h"

namespace engine::backend::cuda {

inline constexpr int tile_positions = 64;  // read at once
inline constexpr float lowest = -3.0e38f;  // less than every score

// Rows first … first + count, all of one sequence: of [tokens · heads] with latent attention, of
// [tokens · group] with grouped queries, for each head of keys.
struct RowTile {
  int32_t first, count;
};

struct TiledAttention {
  AttentionArguments common;
  View<const RowTile> tiles;
  int32_t tile_count = 0;
  int32_t chunk = 0;      // with tiles and more than one split: positions of a split
  View<uint16_t> halves;  // with tiles: [tokens · heads][values.width], the finished values
};

// How the positions of a large batch are split, so that few tiles still fill a device.
struct PositionSplits {
  int count = 1, chunk = 0;
};
PositionSplits split_positions(int tiles, int tokens, int heads, int positions);

// From the partial results of all splits to `halves`.
void merge_tiles(Stream& stream, const TiledAttention& arguments);

}  // namespace engine::backend::cuda
