// Products of many tokens by tiles (tile_kernels.h): what products.h does where a machine has them.
#pragma once

#include <functional>

#include "engine/backend/cpu/products.h"
#include "engine/backend/cpu/tile_rounding.h"

namespace engine::backend::cpu {

// Whether products go this way.
inline bool takes_tiles(const Machine& machine, const WeightStack& weights) {
  return machine.tiles != nullptr && weights.takes_rounded();
}

// As multiply_groups, on the calling thread, which is `thread`.
void multiply_tiles(const Machine& machine, const Product& product, int first_group,
                    int group_count, int thread);

// What multiply_tiles does before it stores: calls use(pair, sums) for each pair in turn, with
// [group][tile] sums in the thread's memory. While one pair meets the tokens, the next becomes
// bfloat16. All have the columns of the first. Weights may also be float32 or halves, in rows of
// whole steps.
using PairOf = std::function<Pair(int)>;
using UseSums = std::function<void(const Pair&, TileSums*)>;
void sum_pairs(const Machine& machine, int pairs, const PairOf& pair_of, const TokenTiles& x,
               TileScratch& scratch, const UseSums& use);
// Groups first_group … end_group − 1 of a matrix by twos; the i-th pair, and how many there are.
Pair pair_of_groups(const WeightStack& weights, int index, int first_group, int end_group, int i);
inline int pairs_of(int groups) { return (groups + 1) / 2; }

// Tokens meet weights in blocks whose columns stay in the second-level cache: how many of `tiles`
// are such a block, all of about the same size.
size_t tiles_of_block(size_t tiles, int columns);

// The tokens of a product in tiles: where they lie, or gathered in the thread's memory.
TokenTiles token_tiles(const Tiles& tiles, std::span<const Row> x, int columns,
                       TileScratch& scratch);

}  // namespace engine::backend::cpu
