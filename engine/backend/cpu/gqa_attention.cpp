// The heads of a group ask the same keys, and so do neighbouring tokens of a sequence: a task is
// one group of some tokens, and each block of keys and values that it reads serves all its rows.
#include "engine/backend/cpu/gqa_attention.h"

#include <algorithm>

namespace engine::backend::cpu {
namespace {

constexpr int tile_rows = 32;  // (token, head) pairs that share a pass over keys and values

struct Tile {
  int first_token, token_count, group;
};

// Row t · group + h is token t's head h of the group.
void attend(const Machine& machine, const model::Gqa& gqa, const LayerCache& cache,
            std::span<const Query> tokens, Activations& queries, Activations& heads,
            const Tile& tile, AttentionScratch& scratch) {
  const FloatKernels& floats = machine.floats;
  const int group = gqa.group(), rows = tile.token_count * group, stride = cache.stride;
  const int key = gqa.key_dim, value = gqa.value_dim, first_head = tile.group * group;
  const Query& last = tokens[tile.first_token + tile.token_count - 1];
  const int positions = last.position + 1;
  float* const query_rows = sized(scratch.queries, size_t(rows) * key);
  float* const scores = sized(scratch.scores, size_t(rows) * positions);
  float* const sums = sized(scratch.values, size_t(rows) * value);
  for (int t = 0; t < tile.token_count; ++t) {
    std::copy_n(queries.row(tile.first_token + t).data() + first_head * key, group * key,
                query_rows + size_t(t) * group * key);
  }
  for (int p = 0; p < positions; p += block_tokens) {
    const float* const keys = cache.at(last.block_table, p) + tile.group * key;
    floats.multiply_rows(query_rows, key, rows, keys, stride, std::min(block_tokens, positions - p),
                         key, scores + p, positions);
  }
  for (int row = 0; row < rows; ++row) {
    const int position = tokens[tile.first_token + row / group].position;
    to_weights(floats, gqa.score_scale, scores + size_t(row) * positions, position, positions);
  }
  std::fill_n(sums, size_t(rows) * value, 0.0f);
  for (int p = 0; p < positions; p += block_tokens) {
    const float* const values =
        cache.at(last.block_table, p) + gqa.key_width() + tile.group * value;
    floats.add_weighted_rows(scores + p, positions, rows, values, stride,
                             std::min(block_tokens, positions - p), value, sums, value);
  }
  for (int t = 0; t < tile.token_count; ++t) {
    std::copy_n(sums + size_t(t) * group * value, group * value,
                heads.row(tile.first_token + t).data() + first_head * value);
  }
}

}  // namespace

void gqa_attention(const Machine& machine, const model::Gqa& gqa, const LayerCache& cache,
                   std::span<const Query> tokens, Activations& queries, Activations& heads,
                   std::span<AttentionScratch> scratch) {
  const int most_tokens = std::max(1, tile_rows / gqa.group());
  std::vector<Tile> tiles;
  const int total = static_cast<int>(tokens.size());
  for (int first = 0, end = 0; first < total; first = end) {
    for (end = first + 1; end < total && end - first < most_tokens; ++end) {
      if (tokens[end].sequence != tokens[first].sequence) break;
    }
    for (int group = 0; group < gqa.kv_heads; ++group) {
      tiles.push_back({first, end - first, group});
    }
  }
  machine.threads.parallel_for(static_cast<int>(tiles.size()), [&](int index, int thread) {
    attend(machine, gqa, cache, tokens, queries, heads, tiles[index], scratch[thread]);
  });
}

}  // namespace engine::backend::cpu
