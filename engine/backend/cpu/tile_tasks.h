// Attention of many queries by tiles, whatever the keys and values are made of: latents that are
// expanded (tile_attention.h), or keys and values as they are in the cache (tile_gqa.h).
#pragma once

#include <functional>

#include "engine/backend/cpu/attention.h"

namespace engine::backend::cpu {

inline constexpr int stretch_tiles = 32;  // of positions whose keys and values are made at a time

inline int steps_of(int columns) { return (columns + step_columns - 1) / step_columns; }
inline int tiles_of(int tokens) { return (tokens + tile_tokens - 1) / tile_tokens; }
// The kernel takes tiles of positions by twos.
inline int even_tiles_of(int positions) { return (tiles_of(positions) + 1) / 2 * 2; }

struct TiledAttention {
  const Machine& machine;
  std::span<const Query> tokens;  // of one sequence
  int first_row;                  // of the first in the batch
  Activations& queries;
  Activations& heads;
  int key_parts[2];  // widths of a query's parts; each begins a step of its own. The second may be
                     // 0
  int value_dim;     // a multiple of 16
  double score_scale;
  int groups;       // of heads that share keys and values
  int group_heads;  // in each

  int query_dim() const { return key_parts[0] + key_parts[1]; }
  int key_steps() const { return steps_of(key_parts[0]) + steps_of(key_parts[1]); }
};

// Keys and values of a group for `count` ≤ stretch_tiles tiles of positions, an even number, from
// `first_tile` on; they may lie in the scratch's tile_keys and tile_values.
using MakeKeys = std::function<TileKeys(int group, int first_tile, int count,
                                        AttentionScratch& scratch, int thread)>;

void attend_in_tiles(const TiledAttention& attention, const MakeKeys& make_keys,
                     std::span<AttentionScratch> scratch);

}  // namespace engine::backend::cpu
