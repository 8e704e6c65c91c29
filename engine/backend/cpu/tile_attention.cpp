// The latents become tiles once for all heads. A task is a head and some of the queries: it expands
// some hundred positions at a time to keys and values, which stay in the second-level cache while
// all its queries meet them.
#include "engine/backend/cpu/tile_attention.h"

#include <algorithm>

#include "engine/backend/cpu/tile_products.h"

namespace engine::backend::cpu {
namespace {

constexpr int stretch_tiles = 32;   // of positions that are expanded at a time
constexpr int least_queries = 128;  // of a task, so that few expand the same positions

int steps_of(int columns) { return (columns + step_columns - 1) / step_columns; }
int tiles_of(int tokens) { return (tokens + tile_tokens - 1) / tile_tokens; }

struct Attention {
  const Machine& machine;
  const model::Mla& mla;
  const Layer& layer;
  const LayerCache& cache;
  std::span<const Query> tokens;  // of one sequence
  int first_row;                  // of the first in the batch
  Activations& queries;
  Activations& heads;
  const uint16_t* latents;       // [tile of positions][step][pair][position][2]
  const uint16_t* rotated_keys;  // the same

  int key_steps() const { return steps_of(mla.nope_dim) + steps_of(mla.rope_dim); }
  int latent_size() const { return steps_of(mla.kv_lora_rank) * tile_values; }
  int rotated_size() const { return steps_of(mla.rope_dim) * tile_values; }
  int positions() const { return tokens.back().position + 1; }
  // Of positions; an even number.
  int tiles() const { return tiles_of(positions()) + tiles_of(positions()) % 2; }
};

void make_tiles_of_latents(const Attention& a, uint16_t* latents, uint16_t* rotated_keys) {
  a.machine.threads.parallel_for(a.tiles(), [&](int tile, int) {
    const int first = tile * tile_tokens;
    const int count = std::clamp(a.positions() - first, 0, tile_tokens);
    const float *rows[tile_tokens], *rotated[tile_tokens];
    for (int p = 0; p < count; ++p) {
      rows[p] = a.cache.at(a.tokens.back().block_table, first + p);
      rotated[p] = rows[p] + a.mla.kv_lora_rank;
    }
    const TileKernels& kernels = a.machine.tiles->kernels;
    kernels.interleave(rows, count, a.mla.kv_lora_rank, latents + size_t(tile) * a.latent_size());
    kernels.interleave(rotated, count, a.mla.rope_dim,
                       rotated_keys + size_t(tile) * a.rotated_size());
  });
}

// Calls use(group, its sums by tile) for each group of weights of a head.
template <typename Use>
void for_each_group(const Attention& a, const WeightStack& weights, int head,
                    std::span<const uint16_t* const> x, TileScratch& scratch, const Use& use) {
  for (int group = 0; group < weights.groups(); group += 2) {
    const Group both[] = {{&weights, head, group}, {&weights, head, group + 1}};
    const auto groups = std::span(both).first(std::min(2, weights.groups() - group));
    const TileSums* const sums = sum_groups(a.machine, groups, x, scratch);
    for (size_t i = 0; i < groups.size(); ++i) use(groups[i].group, sums + i * x.size());
  }
}

// Keys and values of one head for `count` tiles of positions from `first_tile` on.
TileKeys expand(const Attention& a, int head, int first_tile, int count, AttentionScratch& scratch,
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

// Some queries of one head.
struct Task {
  int head, first, count;
};

// The queries of a task in tiles; nothing is summed up yet.
std::vector<TileQueries> begin(const Attention& a, const Task& task, AttentionScratch& scratch) {
  const int tiles = tiles_of(task.count), nope_steps = steps_of(a.mla.nope_dim);
  const size_t row_size = size_t(a.key_steps()) * tile_values;
  const size_t state_size = size_t(tile_tokens) * (a.mla.value_dim + 2);
  uint16_t* const rows = scratch.tile_queries.sized(tiles * row_size);
  float* const state = scratch.tile_sums.sized(tiles * state_size);
  std::vector<TileQueries> result;
  for (int tile = 0; tile < tiles; ++tile) {
    const int first = task.first + tile * tile_tokens;
    const int count = std::min(tile_tokens, task.count - tile * tile_tokens);
    const float *nope[tile_tokens], *rotated[tile_tokens];
    for (int t = 0; t < count; ++t) {
      nope[t] = a.queries.row(a.first_row + first + t).data() + task.head * a.mla.query_dim();
      rotated[t] = nope[t] + a.mla.nope_dim;
    }
    const TileKernels& kernels = a.machine.tiles->kernels;
    uint16_t* const own = rows + tile * row_size;
    kernels.round_rows(nope, count, a.mla.nope_dim, own);
    kernels.round_rows(rotated, count, a.mla.rope_dim, own + nope_steps * tile_values);
    float* const sums = state + tile * state_size;
    float* const greatest = sums + tile_tokens * a.mla.value_dim;
    std::fill(sums, greatest, 0.0f);
    std::fill_n(greatest, tile_tokens, -1e30f);
    std::fill_n(greatest + tile_tokens, tile_tokens, 0.0f);
    result.push_back({own, a.tokens[first].position, count, static_cast<float>(a.mla.score_scale),
                      greatest, greatest + tile_tokens, sums});
  }
  return result;
}

void run(const Attention& a, const Task& task, AttentionScratch& scratch, int thread) {
  const auto queries = begin(a, task, scratch);
  const int end = a.tokens[task.first + task.count - 1].position + 1;
  for (int tile = 0; tile * tile_tokens < end; tile += stretch_tiles) {
    const int left = tiles_of(end) + tiles_of(end) % 2 - tile;
    const TileKeys keys = expand(a, task.head, tile, std::min(stretch_tiles, left), scratch,
                                 a.machine.tiles->scratch[thread]);
    for (const TileQueries& some : queries) {
      if (some.position + some.count > keys.first) a.machine.tiles->kernels.attend(some, keys);
    }
  }
  const int value = a.mla.value_dim;
  for (int i = 0; i < task.count; ++i) {
    const TileQueries& own = queries[i / tile_tokens];
    const int query = i % tile_tokens;
    float* const to = a.heads.row(a.first_row + task.first + i).data() + task.head * value;
    for (int v = 0; v < value; ++v) to[v] = own.sums[query * value + v] / own.totals[query];
  }
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
  Attention a{machine, mla, layer, cache, tokens, first_row, queries, heads, nullptr, nullptr};
  uint16_t* const latents = scratch[0].tile_latents.sized(size_t(a.tiles()) * a.latent_size());
  uint16_t* const rotated = scratch[0].tile_rotated.sized(size_t(a.tiles()) * a.rotated_size());
  make_tiles_of_latents(a, latents, rotated);
  a.latents = latents;
  a.rotated_keys = rotated;
  const int count = static_cast<int>(tokens.size()), threads = machine.threads.threads();
  const int pieces = std::clamp(2 * threads / mla.heads, 1, std::max(1, count / least_queries));
  const int step = tiles_of((count + pieces - 1) / pieces) * tile_tokens;
  std::vector<Task> tasks;
  for (int first = 0; first < count; first += step) {
    for (int head = 0; head < mla.heads; ++head) {
      tasks.push_back({head, first, std::min(step, count - first)});
    }
  }
  std::reverse(tasks.begin(), tasks.end());  // the last queries have the most to do
  machine.threads.parallel_for(static_cast<int>(tasks.size()), [&](int index, int thread) {
    run(a, tasks[index], scratch[thread], thread);
  });
}

}  // namespace engine::backend::cpu
