// Two ways to the same sums. *Absorbed*: each query is brought to the latents, which then serve all
// heads as keys and values; it costs 2·kv_lora + rope multiply-adds for each head, query and
// position. *Expanded*: the latents become each head's keys and values first, after which a query
// and position cost nope + rope + value, a third or so. Expanding pays once enough queries of a
// sequence share it. Short runs are always absorbed: that is what keeps a row of a small batch
// bit-identical to the row alone.
#include "engine/backend/cpu/mla_attention.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/backend/cpu/tile_attention.h"
#include "engine/backend/cpu/tile_cells.h"

namespace engine::backend::cpu {
namespace {

constexpr int least_expanded = 48;      // queries of one sequence; must stay above 16
constexpr int least_by_tiles = 9;       // where expanding costs a tenth
constexpr int expanded_tile = 16;       // queries that share a pass over keys and values
constexpr int absorbed_rows = 64;       // (query, head) pairs that share a pass over the latents
constexpr int stretch_positions = 128;  // of one absorbed task: 150 KB of latents
constexpr size_t most_parts = 1 << 14;  // of a group: 32 MB of sums
constexpr int key_tile = 64;            // keys that stay in the first-level cache meanwhile

struct Attention {
  const Machine& machine;
  const model::Mla& mla;
  const Layer& layer;
  const LayerCache& cache;
  bool absorbed_by_tiles;
  std::span<const Query> tokens;
  Activations& queries;
  Activations& heads;

  float* query(int token, int head) { return queries.row(token).data() + head * mla.query_dim(); }
  float* output(int token, int head) { return heads.row(token).data() + head * mla.value_dim; }
};

// y[i] = weights[head] · x[i] for `count` rows that begin at x and are x_stride apart.
void multiply_narrow(const Machine& machine, const WeightStack& weights, int head, const float* x,
                     size_t x_stride, std::span<float* const> y, Activations& narrow, int thread) {
  const int count = static_cast<int>(y.size());
  narrow.resize(count, weights.columns());
  for (int i = 0; i < count; ++i) {
    std::copy_n(x + i * x_stride, weights.columns(), narrow.row(i).data());
  }
  narrow.begin_rounding(machine);
  if (weights.takes_rounded()) narrow.quantize_rows(machine, 0, count);
  const auto views = narrow.views();
  multiply_groups(machine, {&weights, head, views, y}, 0, weights.groups(), thread);
}

// Some tokens of one sequence, all heads of each: row h · token_count + t is token t's head h. Each
// stretch of positions is a task of its own, whose latents stay in the second-level cache between
// their use as keys and as values; the sums of the stretches are weighed against each other after
// all are done. Where stretches begin does not depend on the batch, so neither does any bit.
struct Tile {
  int first_token, token_count;
  int stretches;
  size_t first_row;   // among all rows of its group
  size_t first_part;  // among all parts of its group; a part is a row over a stretch
};

// Tiles that are computed together.
struct Group {
  std::vector<Tile> tiles;
  size_t rows = 0, parts = 0;
};

// What the tasks of a group share.
struct Shared {
  float* rows;                // [row][stride]: absorbed queries, later the sums of latents
  float* sums;                // [part][lora]
  std::vector<Share> shares;  // [part]
};

void absorb_queries(Attention& a, const Tile& tile, int head, float* rows,
                    AttentionScratch& scratch, int thread) {
  const int lora = a.mla.kv_lora_rank;
  std::vector<float*> targets(tile.token_count);
  for (int t = 0; t < tile.token_count; ++t) {
    float* const row =
        rows + (tile.first_row + size_t(head) * tile.token_count + t) * a.cache.stride;
    targets[t] = row;
    std::copy_n(a.query(tile.first_token + t, head) + a.mla.nope_dim, a.mla.rope_dim, row + lora);
  }
  multiply_narrow(a.machine, a.layer.absorb_key, head, a.query(tile.first_token, head),
                  a.queries.width(), targets, scratch.narrow, thread);
}

void attend_by_tiles(const Attention& a, const Tile& tile, int begin, int end, Shared& shared,
                     size_t part, AttentionScratch& scratch) {
  std::vector<int> seen(size_t(tile.token_count) * a.mla.heads);
  for (size_t row = 0; row < seen.size(); ++row) {
    seen[row] = a.tokens[tile.first_token + row % tile.token_count].position + 1;
  }
  const HeadCells cells{0, 0, a.mla.cache_dim(), a.mla.kv_lora_rank};
  const Query& last = a.tokens[tile.first_token + tile.token_count - 1];
  const TileKeys keys =
      tiles_of_cells(a.machine, a.cache, cells, last.block_table, begin, end, scratch);
  const size_t stride = a.cache.stride;
  const CellQueries queries{shared.rows + tile.first_row * stride, stride, seen, a.mla.score_scale};
  attend_by_tiles(a.machine, queries, cells, keys, shared.sums + part * a.mla.kv_lora_rank,
                  shared.shares.data() + part, scratch);
}

void attend_stretch(Attention& a, const Tile& tile, int stretch, Shared& shared,
                    AttentionScratch& scratch) {
  const FloatKernels& floats = a.machine.floats;
  const int stride = a.cache.stride, lora = a.mla.kv_lora_rank;
  const int rows = tile.token_count * a.mla.heads;
  const Query& last = a.tokens[tile.first_token + tile.token_count - 1];
  const int begin = stretch * stretch_positions;
  const int end = std::min(begin + stretch_positions, last.position + 1);
  const size_t part = tile.first_part + size_t(stretch) * rows;
  if (a.absorbed_by_tiles) return attend_by_tiles(a, tile, begin, end, shared, part, scratch);
  float* const scores = sized(scratch.scores, size_t(rows) * stretch_positions);
  for (int p = begin; p < end; p += block_tokens) {
    multiply_rows(floats, shared.rows + tile.first_row * stride, stride, rows,
                  a.cache.at(last.block_table, p), stride, std::min(block_tokens, end - p),
                  a.mla.cache_dim(), scores + (p - begin), stretch_positions);
  }
  for (int row = 0; row < rows; ++row) {
    const int position = a.tokens[tile.first_token + row % tile.token_count].position;
    shared.shares[part + row] =
        weigh(floats, a.mla.score_scale, scores + size_t(row) * stretch_positions, 0,
              std::min(end, position + 1) - begin, stretch_positions);
  }
  float* const sums = shared.sums + part * lora;
  std::fill_n(sums, size_t(rows) * lora, 0.0f);
  for (int p = begin; p < end; p += block_tokens) {
    add_weighted_rows(floats, scores + (p - begin), stretch_positions, rows,
                      a.cache.at(last.block_table, p), stride, std::min(block_tokens, end - p),
                      lora, sums, lora);
  }
}

// The stretches of one row, weighed against each other, in its place among the rows.
void merge(const Attention& a, const Tile& tile, int row, Shared& shared) {
  const int lora = a.mla.kv_lora_rank, rows = tile.token_count * a.mla.heads;
  const Share* const shares = shared.shares.data() + tile.first_part + row;
  float greatest = shares[0].greatest, total = 0;
  for (int i = 1; i < tile.stretches; ++i) {
    const Share& share = shares[size_t(i) * rows];
    if (share.sum != 0) greatest = std::max(greatest, share.greatest);
  }
  float* const result = shared.rows + (tile.first_row + row) * a.cache.stride;
  std::fill_n(result, lora, 0.0f);
  for (int i = 0; i < tile.stretches; ++i) {
    const Share& share = shares[size_t(i) * rows];
    if (share.sum == 0) continue;  // all of it is after the row's own position
    const float weight = share.sum * std::exp(share.greatest - greatest);
    const float* const sums = shared.sums + (tile.first_part + size_t(i) * rows + row) * lora;
    for (int l = 0; l < lora; ++l) result[l] += weight * sums[l];
    total += weight;
  }
  for (int l = 0; l < lora; ++l) result[l] /= total;
}

void expand_sums(Attention& a, const Tile& tile, int head, Shared& shared,
                 AttentionScratch& scratch, int thread) {
  std::vector<float*> targets(tile.token_count);
  for (int t = 0; t < tile.token_count; ++t) {
    merge(a, tile, head * tile.token_count + t, shared);
    targets[t] = a.output(tile.first_token + t, head);
  }
  const size_t first_row = tile.first_row + size_t(head) * tile.token_count;
  multiply_narrow(a.machine, a.layer.value, head, shared.rows + first_row * a.cache.stride,
                  a.cache.stride, targets, scratch.narrow, thread);
}

// The first thread's scratch holds what all share; only its `scores` and `narrow` are a thread's
// own meanwhile.
void run_absorbed(Attention& a, const Group& group, std::span<AttentionScratch> scratch) {
  Shared shared{sized(scratch[0].queries, group.rows * a.cache.stride),
                sized(scratch[0].latents, group.parts * a.mla.kv_lora_rank),
                std::vector<Share>(group.parts)};
  const int heads = a.mla.heads;
  base::ThreadPool& threads = a.machine.threads;
  const int tile_heads = static_cast<int>(group.tiles.size()) * heads;
  threads.parallel_for(tile_heads, [&](int index, int thread) {
    absorb_queries(a, group.tiles[index / heads], index % heads, shared.rows, scratch[thread],
                   thread);
  });
  std::vector<std::pair<const Tile*, int>> stretches;
  for (const Tile& tile : group.tiles) {
    for (int i = 0; i < tile.stretches; ++i) stretches.emplace_back(&tile, i);
  }
  threads.parallel_for(static_cast<int>(stretches.size()), [&](int index, int thread) {
    attend_stretch(a, *stretches[index].first, stretches[index].second, shared, scratch[thread]);
  });
  threads.parallel_for(tile_heads, [&](int index, int thread) {
    expand_sums(a, group.tiles[index / heads], index % heads, shared, scratch[thread], thread);
  });
}

// The scratch of a head holds its keys transposed, [query_dim][stride]: their products with a query
// then lie side by side in a vector, and need no sum across lanes.
int key_stride(int positions) { return (positions + key_tile - 1) / key_tile * key_tile; }

// Keys and values of one head for `count` positions from `first` on.
void expand(Attention& a, int head, std::span<const Row> latents, const Query& last, int first,
            int count, AttentionScratch& scratch, int thread) {
  const int nope = a.mla.nope_dim, value = a.mla.value_dim, stride = key_stride(last.position + 1);
  const int rope_dim = a.mla.rope_dim;
  float* const rows = sized(scratch.queries, size_t(key_tile) * nope);
  float* const rotated = sized(scratch.latents, size_t(key_tile) * rope_dim);
  std::vector<float*> key_rows(count), value_rows(count);
  for (int p = 0; p < count; ++p) {
    key_rows[p] = rows + size_t(p) * nope;
    value_rows[p] = scratch.values.data() + size_t(first + p) * value;
    read(a.machine.floats, a.cache.at(last.block_table, first + p) + a.mla.kv_lora_rank,
         {rotated + size_t(p) * rope_dim, size_t(rope_dim)});
  }
  const auto x = latents.subspan(first, count);
  multiply_groups(a.machine, {&a.layer.expand_key, head, x, key_rows}, 0,
                  a.layer.expand_key.groups(), thread);
  multiply_groups(a.machine, {&a.layer.value, head, x, value_rows}, 0, a.layer.value.groups(),
                  thread);
  float* const keys = scratch.keys.data() + first;
  for (int n = 0; n < nope; ++n) {
    for (int p = 0; p < count; ++p) keys[size_t(n) * stride + p] = key_rows[p][n];
  }
  for (int r = 0; r < rope_dim; ++r) {
    for (int p = 0; p < count; ++p) keys[size_t(nope + r) * stride + p] = rotated[p * rope_dim + r];
  }
}

// One head of the queries first … first + count − 1.
void attend_expanded(Attention& a, int head, int first, int count, int stride,
                     AttentionScratch& scratch) {
  const FloatKernels& floats = a.machine.floats;
  const int key = a.mla.query_dim(), value = a.mla.value_dim;
  const int positions = a.tokens[first + count - 1].position + 1;
  float* const scores = sized(scratch.scores, size_t(count) * positions);
  std::fill_n(scores, size_t(count) * positions, 0.0f);
  for (int p = 0; p < positions; p += key_tile) {
    floats.add_weighted_rows(a.query(first, head), a.queries.width(), count,
                             scratch.keys.data() + p, stride, key,
                             std::min(key_tile, positions - p), scores + p, positions);
  }
  for (int i = 0; i < count; ++i) {
    to_weights(floats, a.mla.score_scale, scores + size_t(i) * positions,
               a.tokens[first + i].position, positions);
    std::fill_n(a.output(first + i, head), value, 0.0f);
  }
  for (int p = 0; p < positions; p += key_tile) {
    floats.add_weighted_rows(
        scores + p, positions, count, scratch.values.data() + size_t(p) * value, value,
        std::min(key_tile, positions - p), value, a.output(first, head), a.heads.width());
  }
}

void run_expanded(Attention& a, int first, int count, std::span<AttentionScratch> scratch) {
  const Query& last = a.tokens[first + count - 1];
  Activations latents;
  latents.resize(last.position + 1, a.mla.kv_lora_rank);
  for (int p = 0; p <= last.position; ++p) {
    read(a.machine.floats, a.cache.at(last.block_table, p), latents.row(p));
  }
  latents.quantize(a.machine);
  const auto rows = latents.views();
  const int positions = last.position + 1, stride = key_stride(positions);
  a.machine.threads.parallel_for(a.mla.heads, [&](int head, int thread) {
    AttentionScratch& own = scratch[thread];
    sized(own.keys, size_t(a.mla.query_dim()) * stride);
    sized(own.values, size_t(positions) * a.mla.value_dim);
    for (int p = 0; p < positions; p += key_tile) {
      expand(a, head, rows, last, p, std::min(key_tile, positions - p), own, thread);
    }
    for (int i = 0; i < count; i += expanded_tile) {
      attend_expanded(a, head, first + i, std::min(expanded_tile, count - i), stride, own);
    }
  });
}

// Tiles of `count` tokens from `first` on; a group that is full is computed.
void add_tiles(Attention& a, int first, int count, Group& group,
               std::span<AttentionScratch> scratch) {
  const int most_tokens = std::max(1, absorbed_rows / a.mla.heads);
  for (int token = 0; token < count; token += most_tokens) {
    const int tokens = std::min(most_tokens, count - token);
    const int positions = a.tokens[first + token + tokens - 1].position + 1;
    const int stretches = (positions + stretch_positions - 1) / stretch_positions;
    group.tiles.push_back({first + token, tokens, stretches, group.rows, group.parts});
    group.rows += size_t(tokens) * a.mla.heads;
    group.parts += size_t(tokens) * a.mla.heads * stretches;
    if (group.parts < most_parts) continue;
    run_absorbed(a, group, scratch);
    group = {};
  }
}

}  // namespace

void mla_attention(const Machine& machine, const model::Mla& mla, const Layer& layer,
                   const LayerCache& cache, std::span<const Query> tokens, Activations& queries,
                   Activations& heads, std::span<AttentionScratch> scratch) {
  const bool absorbed_by_tiles = takes_cells_by_tiles(machine, mla.kv_lora_rank, layer);
  Attention attention{machine, mla, layer, cache, absorbed_by_tiles, tokens, queries, heads};
  Group group;
  const int total = static_cast<int>(tokens.size());
  const bool by_tiles = takes_tiles(machine, mla, layer);
  for (int first = 0; first < total;) {
    int end = first + 1;
    while (end < total && tokens[end].sequence == tokens[first].sequence) ++end;
    if (by_tiles && end - first >= least_by_tiles) {
      attend_by_tiles(machine, mla, layer, cache, tokens.subspan(first, end - first), first,
                      queries, heads, scratch);
    } else if (end - first >= least_expanded) {
      run_expanded(attention, first, end - first, scratch);
    } else {
      add_tiles(attention, first, end - first, group, scratch);
    }
    first = end;
  }
  if (!group.tiles.empty()) run_absorbed(attention, group, scratch);
}

}  // namespace engine::backend::cpu
