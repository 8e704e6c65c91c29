// Products of many tokens by tiles (tile_kernels.h): what products.h does where a machine has them.
#pragma once

#include "engine/backend/cpu/products.h"

namespace engine::backend::cpu {

// Whether products go this way.
inline bool takes_tiles(const Machine& machine, const WeightStack& weights) {
  return machine.tiles != nullptr && weights.takes_rounded();
}

// As multiply_groups, on the calling thread, which is `thread`.
void multiply_tiles(const Machine& machine, const Product& product, int first_group,
                    int group_count, int thread);

// 16 rows of weights.
struct Group {
  const WeightStack* weights;
  int index;  // of the matrix
  int group;
};

// What multiply_tiles does before it stores: the sums of some groups with all tiles of tokens, at
// most `most_tiles`: [group][tile], in the thread's memory. Weights may also be float32
// or halves, in rows of whole steps.
inline constexpr int most_tiles = 64;  // whose chunk and sums stay in the second-level cache
inline constexpr int most_groups = 8;
TileSums* sum_groups(const Machine& machine, std::span<const Group> groups, const TokenTiles& x,
                     TileScratch& scratch);
// How many groups pay: a chunk of many tokens shall be used more than once where it is.
int groups_at_once(size_t tiles);

// The tokens of a product in tiles: where they lie, or gathered in the thread's memory.
TokenTiles token_tiles(const Tiles& tiles, std::span<const Row> x, int columns,
                       TileScratch& scratch);

}  // namespace engine::backend::cpu
