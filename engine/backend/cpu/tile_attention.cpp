// The latents become tiles once for all heads; a task expands those of its stretch of positions to
// keys and values of its head.
#include "engine/backend/cpu/tile_attention.h"

#include <algorithm>

#include "engine/backend/cpu/tile_products.h"
#include "engine/backend/cpu/tile_tasks.h"

namespace engine::backend::cpu {
namespace {

struct Latents {
  const Machine& machine;
  const model::Mla& mla;
  const Layer& layer;
  const LayerCache& cache;
  const Query& last;                       // of the sequence
  const uint16_t* latents = nullptr;       // [tile of positions][step][pair][position][2]
  const uint16_t* rotated_keys = nullptr;  // the same

  int key_steps() const { return steps_of(mla.nope_dim) + steps_of(mla.rope_dim); }
  int latent_size() const { return steps_of(mla.kv_lora_rank) * tile_values; }
  int rotated_size() const { return steps_of(mla.rope_dim) * tile_values; }
  int positions() const { return last.position + 1; }
};

void make_tiles_of_latents(const Latents& a, uint16_t* latents, uint16_t* rotated_keys,
                           std::span<AttentionScratch> scratch) {
  a.machine.threads.parallel_for(even_tiles_of(a.positions()), [&](int tile, int thread) {
    const int first = tile * tile_tokens;
    const int count = std::clamp(a.positions() - first, 0, tile_tokens);
    const size_t width = a.mla.cache_dim();
    float* const values = sized(scratch[thread].latents, tile_tokens * width);
    const float *rows[tile_tokens], *rotated[tile_tokens];
    for (int p = 0; p < count; ++p) {
      read(a.machine.floats, a.cache.at(a.last.block_table, first + p),
           {values + p * width, width});
      rows[p] = values + p * width;
      rotated[p] = rows[p] + a.mla.kv_lora_rank;
    }
    const TileKernels& kernels = a.machine.tiles->kernels;
    kernels.interleave(rows, count, a.mla.kv_lora_rank, ColumnOrder::plain,
                       latents + size_t(tile) * a.latent_size());
    kernels.interleave(rotated, count, a.mla.rope_dim, ColumnOrder::plain,
                       rotated_keys + size_t(tile) * a.rotated_size());
  });
}

// Calls use(group, its sums by tile) for each group of weights of a head.
template <typename Use>
void for_each_group(const Latents& a, const WeightStack& weights, int head,
                    std::span<const uint16_t* const> x, TileScratch& scratch, const Use& use) {
  const int groups = weights.groups();
  const auto pair_of = [&](int i) { return pair_of_groups(weights, head, 0, groups, i); };
  const auto use_pair = [&](const Pair& pair, const TileSums* sums) {
    for (int g = 0; g < pair.count; ++g) use(pair.groups[g].group, sums + g * x.size());
  };
  sum_pairs(a.machine, pairs_of(groups), pair_of, {x, ColumnOrder::plain}, scratch, use_pair);
}

// Keys and values of one head for `count` tiles of positions from `first_tile` on.
TileKeys expand(const Latents& a, int head, int first_tile, int count, AttentionScratch& scratch,
                TileScratch& products) {
  const TileKernels& kernels = a.machine.tiles->kernels;
  const int nope_steps = steps_of(a.mla.nope_dim), value_tiles = a.mla.value_dim / group_rows;
  const size_t key_size = size_t(a.key_steps()) * tile_values;
  uint16_t* const keys = scratch.tile_keys.sized(stretch_tiles * key_size);
  uint16_t* const values =
      scratch.tile_values.sized(size_t(stretch_tiles) / 2 * value_tiles * tile_values);
  const uint16_t* x[stretch_tiles];
  for (int i = 0; i < count; ++i) {
    x[i] = a.latents + size_t(first_tile + i) * a.latent_size();
    std::copy_n(a.rotated_keys + size_t(first_tile + i) * a.rotated_size(), a.rotated_size(),
                keys + i * key_size + nope_steps * tile_values);
    if (a.mla.nope_dim % step_columns == 0) continue;
    std::fill_n(keys + i * key_size + nope_steps * tile_values - tile_values / 2, tile_values / 2,
                uint16_t{0});
  }
  const std::span<const uint16_t* const> tiles(x, count);
  for_each_group(a, a.layer.expand_key, head, tiles, products, [&](int group, const auto* sums) {
    for (int i = 0; i < count; ++i) {
      kernels.pair_rows(sums[i], keys + i * key_size + group * (tile_values / 2));
    }
  });
  for_each_group(a, a.layer.value, head, tiles, products, [&](int group, const auto* sums) {
    for (int i = 0; i < count; ++i) {
      kernels.pair_tokens(sums[i], values + (size_t(i / 2) * value_tiles + group) * tile_values +
                                       i % 2 * (tile_values / 2));
    }
  });
  return {keys, values, first_tile * tile_tokens, count, a.key_steps(), value_tiles};
}

}  // namespace

bool takes_tiles(const Machine& machine, const model::Mla& mla, const Layer& layer) {
  return machine.tiles != nullptr && layer.output.takes_rounded() &&
         mla.kv_lora_rank % step_columns == 0 && mla.nope_dim % group_rows == 0 &&
         mla.value_dim % group_rows == 0;
}

void attend_by_tiles(const Machine& machine, const model::Mla& mla, const Layer& layer,
                     const LayerCache& cache, std::span<const Query> tokens, int first_row,
                     Activations& queries, Activations& heads,
                     std::span<AttentionScratch> scratch) {
  Latents a{machine, mla, layer, cache, tokens.back()};
  const auto tiles = static_cast<size_t>(even_tiles_of(a.positions()));
  uint16_t* const latents = scratch[0].tile_latents.sized(tiles * a.latent_size());
  uint16_t* const rotated = scratch[0].tile_rotated.sized(tiles * a.rotated_size());
  make_tiles_of_latents(a, latents, rotated, scratch);
  a.latents = latents;
  a.rotated_keys = rotated;
  const TiledAttention all{.machine = machine,
                           .tokens = tokens,
                           .first_row = first_row,
                           .queries = queries,
                           .heads = heads,
                           .key_parts = {mla.nope_dim, mla.rope_dim},
                           .value_dim = mla.value_dim,
                           .score_scale = mla.score_scale,
                           .groups = mla.heads,
                           .group_heads = 1};
  const auto make_keys = [&](int head, int first, int count, AttentionScratch& own, int thread) {
    return expand(a, head, first, count, own, machine.tiles->scratch[thread]);
  };
  attend_in_tiles(all, make_keys, scratch);
}

}  // namespace engine::backend::cpu
