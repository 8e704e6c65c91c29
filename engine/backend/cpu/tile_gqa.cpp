// A task is the heads of a group, which share what is rounded and interleaved of the cache.
#include "engine/backend/cpu/tile_gqa.h"

#include <algorithm>

#include "engine/backend/cpu/tile_tasks.h"

namespace engine::backend::cpu {
namespace {

// 16 columns of 16 positions' values, in pairs of positions.
void pair_values(const TileKernels& kernels, const float* const* rows, int count, int column,
                 uint16_t* to) {
  TileSums transposed = {};
  for (int p = 0; p < count; ++p) {
    for (int c = 0; c < group_rows; ++c) transposed[c][p] = rows[p][column + c];
  }
  kernels.pair_tokens(transposed, to);
}

// Keys and values of one group for `count` tiles of positions from `first_tile` on.
TileKeys make_keys(const Machine& machine, const model::Gqa& gqa, const LayerCache& cache,
                   const Query& last, int group, int first_tile, int count,
                   AttentionScratch& scratch) {
  const TileKernels& kernels = machine.tiles->kernels;
  const int key_steps = steps_of(gqa.key_dim), value_tiles = gqa.value_dim / group_rows;
  const size_t key_size = size_t(key_steps) * tile_values;
  const size_t key = gqa.key_dim, value = gqa.value_dim;
  uint16_t* const keys = scratch.tile_keys.sized(stretch_tiles * key_size);
  uint16_t* const values =
      scratch.tile_values.sized(size_t(stretch_tiles) / 2 * value_tiles * tile_values);
  float* const floats = sized(scratch.keys, tile_tokens * (key + value));
  for (int i = 0; i < count; ++i) {
    const int first = (first_tile + i) * tile_tokens;
    const int there = std::clamp(last.position + 1 - first, 0, tile_tokens);
    const float *key_rows[tile_tokens], *value_rows[tile_tokens];
    for (int p = 0; p < there; ++p) {
      const Cells slot = cache.at(last.block_table, first + p);
      const std::span key_row(floats + p * (key + value), key), value_row(key_row.end(), value);
      read(machine.floats, slot + group * key, key_row);
      read(machine.floats, slot + (gqa.key_width() + group * value), value_row);
      key_rows[p] = key_row.data();
      value_rows[p] = value_row.data();
    }
    kernels.interleave(key_rows, there, gqa.key_dim, keys + i * key_size);
    for (int tile = 0; tile < value_tiles; ++tile) {
      pair_values(
          kernels, value_rows, there, tile * group_rows,
          values + (size_t(i / 2) * value_tiles + tile) * tile_values + i % 2 * (tile_values / 2));
    }
  }
  return {keys, values, first_tile * tile_tokens, count, key_steps, value_tiles};
}

}  // namespace

bool takes_tiles(const Machine& machine, const model::Gqa& gqa, const Layer& layer) {
  return machine.tiles != nullptr && layer.output.takes_rounded() &&
         gqa.value_dim % group_rows == 0;
}

void attend_by_tiles(const Machine& machine, const model::Gqa& gqa, const LayerCache& cache,
                     std::span<const Query> tokens, int first_row, Activations& queries,
                     Activations& heads, std::span<AttentionScratch> scratch) {
  const TiledAttention all{.machine = machine,
                           .tokens = tokens,
                           .first_row = first_row,
                           .queries = queries,
                           .heads = heads,
                           .key_parts = {gqa.key_dim, 0},
                           .value_dim = gqa.value_dim,
                           .score_scale = gqa.score_scale,
                           .groups = gqa.kv_heads,
                           .group_heads = gqa.group()};
  const auto make = [&](int group, int first, int count, AttentionScratch& own, int) {
    return make_keys(machine, gqa, cache, tokens.back(), group, first, count, own);
  };
  attend_in_tiles(all, make, scratch);
}

}  // namespace engine::backend::cpu
