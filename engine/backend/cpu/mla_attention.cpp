// Two ways to the same sums. *Absorbed*: each query is brought to the latents, which then serve all
// heads as keys and values; it costs 2·kv_lora + rope multiply-adds for each head, query and
// position. *Expanded*: the latents become each head's keys and values first, after which a query
// and position cost nope + rope + value, a third or so. Expanding pays once enough queries of a
// sequence share it. Short runs are always absorbed: that is what keeps a row of a small batch
// bit-identical to the row alone.
#include "engine/backend/cpu/mla_attention.h"

#include <algorithm>
#include <cstring>

namespace engine::backend::cpu {
namespace {

constexpr int least_expanded = 48;  // queries of one sequence; must stay above 16
constexpr int expanded_tile = 16;   // queries that share a pass over keys and values
constexpr int absorbed_rows = 16;   // (query, head) pairs that share a pass over the latents
constexpr int key_tile = 64;        // keys that stay in the first-level cache meanwhile

struct Attention {
  const Machine& machine;
  const model::Mla& mla;
  const Layer& layer;
  const LayerCache& cache;
  std::span<const Query> tokens;
  Activations& queries;
  Activations& heads;

  float* query(int token, int head) { return queries.row(token).data() + head * mla.query_dim(); }
  float* output(int token, int head) { return heads.row(token).data() + head * mla.value_dim; }
};

// y[i] = weights[head] · x[i] for `count` rows that begin at x and are x_stride apart.
void multiply_narrow(const Machine& machine, const WeightStack& weights, int head, const float* x,
                     size_t x_stride, std::span<float* const> y, Activations& narrow) {
  const int count = static_cast<int>(y.size());
  narrow.resize(count, weights.columns());
  for (int i = 0; i < count; ++i) {
    std::copy_n(x + i * x_stride, weights.columns(), narrow.row(i).data());
    if (weights.takes_rounded()) narrow.quantize_row(machine.q8, i);
  }
  const auto views = narrow.views();
  multiply_groups(machine, {&weights, head, views, y}, 0, weights.groups());
}

// Tokens and heads of one absorbed task; row h · token_count + t is token t's head h.
struct Tile {
  int first_token, token_count;
  int first_head, head_count;
};

void absorb_queries(Attention& a, const Tile& tile, float* rows, AttentionScratch& scratch) {
  const int width = a.cache.stride, lora = a.mla.kv_lora_rank;
  std::vector<float*> targets(tile.token_count);
  for (int h = 0; h < tile.head_count; ++h) {
    const int head = tile.first_head + h;
    for (int t = 0; t < tile.token_count; ++t) {
      float* const row = rows + size_t(h * tile.token_count + t) * width;
      targets[t] = row;
      std::copy_n(a.query(tile.first_token + t, head) + a.mla.nope_dim, a.mla.rope_dim, row + lora);
    }
    multiply_narrow(a.machine, a.layer.absorb_key, head, a.query(tile.first_token, head),
                    a.queries.width(), targets, scratch.narrow);
  }
}

void attend_absorbed(Attention& a, const Tile& tile, AttentionScratch& scratch) {
  const FloatKernels& floats = a.machine.floats;
  const int stride = a.cache.stride, lora = a.mla.kv_lora_rank;
  const int rows = tile.token_count * tile.head_count;
  const Query& last = a.tokens[tile.first_token + tile.token_count - 1];
  const int positions = last.position + 1;
  float* const queries = sized(scratch.queries, size_t(rows) * stride);
  float* const scores = sized(scratch.scores, size_t(rows) * positions);
  float* const latents = sized(scratch.latents, size_t(rows) * lora);
  absorb_queries(a, tile, queries, scratch);

  for (int p = 0; p < positions; p += block_tokens) {
    floats.multiply_rows(queries, stride, rows, a.cache.at(last.block_table, p), stride,
                         std::min(block_tokens, positions - p), a.mla.cache_dim(), scores + p,
                         positions);
  }
  for (int row = 0; row < rows; ++row) {
    const int position = a.tokens[tile.first_token + row % tile.token_count].position;
    to_weights(floats, a.mla.score_scale, scores + size_t(row) * positions, position, positions);
  }
  std::fill_n(latents, size_t(rows) * lora, 0.0f);
  for (int p = 0; p < positions; p += block_tokens) {
    floats.add_weighted_rows(scores + p, positions, rows, a.cache.at(last.block_table, p), stride,
                             std::min(block_tokens, positions - p), lora, latents, lora);
  }
  std::vector<float*> targets(tile.token_count);
  for (int h = 0; h < tile.head_count; ++h) {
    const int head = tile.first_head + h;
    for (int t = 0; t < tile.token_count; ++t) targets[t] = a.output(tile.first_token + t, head);
    multiply_narrow(a.machine, a.layer.value, head, latents + size_t(h) * tile.token_count * lora,
                    lora, targets, scratch.narrow);
  }
}

// The scratch of a head holds its keys transposed, [query_dim][stride]: their products with a query
// then lie side by side in a vector, and need no sum across lanes.
int key_stride(int positions) { return (positions + key_tile - 1) / key_tile * key_tile; }

// Keys and values of one head for `count` positions from `first` on.
void expand(Attention& a, int head, std::span<const Row> latents, const Query& last, int first,
            int count, AttentionScratch& scratch) {
  const int nope = a.mla.nope_dim, value = a.mla.value_dim, stride = key_stride(last.position + 1);
  float rope_row[key_tile];
  float* const rows = sized(scratch.queries, size_t(key_tile) * nope);
  std::vector<float*> key_rows(count), value_rows(count);
  for (int p = 0; p < count; ++p) {
    key_rows[p] = rows + size_t(p) * nope;
    value_rows[p] = scratch.values.data() + size_t(first + p) * value;
  }
  const auto x = latents.subspan(first, count);
  multiply_groups(a.machine, {&a.layer.expand_key, head, x, key_rows}, 0,
                  a.layer.expand_key.groups());
  multiply_groups(a.machine, {&a.layer.value, head, x, value_rows}, 0, a.layer.value.groups());
  float* const keys = scratch.keys.data() + first;
  for (int n = 0; n < nope; ++n) {
    for (int p = 0; p < count; ++p) keys[size_t(n) * stride + p] = key_rows[p][n];
  }
  for (int r = 0; r < a.mla.rope_dim; ++r) {
    for (int p = 0; p < count; ++p) {
      rope_row[p] = a.cache.at(last.block_table, first + p)[a.mla.kv_lora_rank + r];
    }
    std::copy_n(rope_row, count, keys + size_t(nope + r) * stride);
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
    std::copy_n(a.cache.at(last.block_table, p), a.mla.kv_lora_rank, latents.row(p).data());
  }
  latents.quantize(a.machine);
  const auto rows = latents.views();
  const int positions = last.position + 1, stride = key_stride(positions);
  a.machine.threads.parallel_for(a.mla.heads, [&](int head, int thread) {
    AttentionScratch& own = scratch[thread];
    sized(own.keys, size_t(a.mla.query_dim()) * stride);
    sized(own.values, size_t(positions) * a.mla.value_dim);
    for (int p = 0; p < positions; p += key_tile) {
      expand(a, head, rows, last, p, std::min(key_tile, positions - p), own);
    }
    for (int i = 0; i < count; i += expanded_tile) {
      attend_expanded(a, head, first + i, std::min(expanded_tile, count - i), stride, own);
    }
  });
}

void add_tiles(const Attention& a, int first, int count, std::vector<Tile>& tiles) {
  const int threads = a.machine.threads.threads();
  const int heads = std::clamp((a.mla.heads + threads - 1) / threads, 1, absorbed_rows);
  const int tokens = std::max(1, absorbed_rows / heads);
  for (int token = 0; token < count; token += tokens) {
    for (int head = 0; head < a.mla.heads; head += heads) {
      tiles.push_back({first + token, std::min(tokens, count - token), head,
                       std::min(heads, a.mla.heads - head)});
    }
  }
}

}  // namespace

void mla_attention(const Machine& machine, const model::Mla& mla, const Layer& layer,
                   const LayerCache& cache, std::span<const Query> tokens, Activations& queries,
                   Activations& heads, std::span<AttentionScratch> scratch) {
  Attention attention{machine, mla, layer, cache, tokens, queries, heads};
  std::vector<Tile> tiles;
  const int total = static_cast<int>(tokens.size());
  for (int first = 0; first < total;) {
    int end = first + 1;
    while (end < total && tokens[end].sequence == tokens[first].sequence) ++end;
    if (end - first >= least_expanded) {
      run_expanded(attention, first, end - first, scratch);
    } else {
      add_tiles(attention, first, end - first, tiles);
    }
    first = end;
  }
  machine.threads.parallel_for(static_cast<int>(tiles.size()), [&](int index, int thread) {
    attend_absorbed(attention, tiles[index], scratch[thread]);
  });
}

}  // namespace engine::backend::cpu
