// The heads of a group ask the same keys, and so do neighbouring tokens of a sequence: a tile is
// one group of some tokens, and each block of keys and values that it reads serves all its rows. It
// goes over stretches of positions whose keys, values and scores stay in the second-level cache;
// the sums of each are weighed against those before (FlashAttention, arXiv:2205.14135). Where there
// are fewer tiles than threads, as when one token is generated, stretches are tasks of their own. A
// row's sums are the same bits either way, and in whatever batch: where stretches begin and in
// which order they are added up does not depend on it.
#include "engine/backend/cpu/gqa_attention.h"

#include <algorithm>
#include <cmath>

#include "engine/backend/cpu/tile_gqa.h"

namespace engine::backend::cpu {
namespace {

constexpr int pass_rows = 32;  // (token, head) pairs that share a pass over keys and values
constexpr int stretch_positions = 256;  // of 128 KB of keys and values with heads of 128
constexpr int least_by_tiles = 9;       // queries of one sequence for which rounding the keys pays

struct Attention {
  const Machine& machine;
  const model::Gqa& gqa;
  const model::Vector& sinks;  // of all heads; empty: none
  const LayerCache& cache;
  bool by_tiles;
  std::span<const Query> tokens;
  Activations& queries;
  Activations& heads;
};

// Row t · group + h is token t's head h of the group.
struct Tile {
  int first_token, token_count, group;
  int first_stretch, end_stretch;  // that any of them sees
  size_t first_part;  // among the rows of all parts; a part is the tile's rows over one stretch

  int rows(const model::Gqa& gqa) const { return token_count * gqa.group(); }
  int stretches() const { return end_stretch - first_stretch; }
};

// What some positions come to: for each row the weighted sums of values, and how much they count.
struct Part {
  float* sums;  // [row][value]
  Share* shares;
};

void attend_by_tiles(const Attention& a, const Tile& tile, int begin, int end, const float* rows,
                     const Part& part, AttentionScratch& scratch) {
  std::vector<int> seen(tile.rows(a.gqa));
  for (size_t row = 0; row < seen.size(); ++row) {
    seen[row] = a.tokens[tile.first_token + row / a.gqa.group()].position + 1;
  }
  const HeadCells cells = cells_of(a.gqa, tile.group);
  const Query& last = a.tokens[tile.first_token + tile.token_count - 1];
  const TileKeys keys =
      tiles_of_cells(a.machine, a.cache, cells, last.block_table, begin, end, scratch);
  attend_by_tiles(a.machine, {rows, size_t(a.gqa.key_dim), seen, a.gqa.score_scale}, cells, keys,
                  part.sums, part.shares, scratch);
}

void attend_stretch(const Attention& a, const Tile& tile, int stretch, const Part& part,
                    AttentionScratch& scratch) {
  const FloatKernels& floats = a.machine.floats;
  const int group = a.gqa.group(), rows = tile.rows(a.gqa), stride = a.cache.stride;
  const int key = a.gqa.key_dim, value = a.gqa.value_dim, first_head = tile.group * group;
  const Query& last = a.tokens[tile.first_token + tile.token_count - 1];
  const int begin = stretch * stretch_positions;
  const int end = std::min(begin + stretch_positions, last.position + 1);
  float* const query_rows = sized(scratch.queries, size_t(rows) * key);
  for (int t = 0; t < tile.token_count; ++t) {
    std::copy_n(a.queries.row(tile.first_token + t).data() + first_head * key, group * key,
                query_rows + size_t(t) * group * key);
  }
  if (a.by_tiles) return attend_by_tiles(a, tile, begin, end, query_rows, part, scratch);
  float* const scores = sized(scratch.scores, size_t(rows) * stretch_positions);
  for (int p = begin; p < end; p += block_tokens) {
    const Cells keys = a.cache.at(last.block_table, p) + size_t(tile.group) * key;
    multiply_rows(floats, query_rows, key, rows, keys, stride, std::min(block_tokens, end - p), key,
                  scores + (p - begin), stretch_positions);
  }
  for (int row = 0; row < rows; ++row) {
    const int position = a.tokens[tile.first_token + row / group].position;
    part.shares[row] = weigh(floats, a.gqa.score_scale, scores + size_t(row) * stretch_positions,
                             a.gqa.first_seen(position) - begin,
                             std::min(end, position + 1) - begin, stretch_positions);
  }
  std::fill_n(part.sums, size_t(rows) * value, 0.0f);
  const size_t first_value = a.gqa.key_width() + size_t(tile.group) * value;
  for (int p = begin; p < end; p += block_tokens) {
    const Cells values = a.cache.at(last.block_table, p) + first_value;
    add_weighted_rows(floats, scores + (p - begin), stretch_positions, rows, values, stride,
                      std::min(block_tokens, end - p), value, part.sums, value);
  }
}

// The rows of a tile so far. Adding to them is the same work in the same order whether the parts
// were computed one after the other or side by side.
class Rows {
 public:
  Rows(const Attention& a, const Tile& tile, AttentionScratch& scratch)
      : a_(a), tile_(tile), rows_(tile.rows(a.gqa)), shares_(rows_, Share{0, 0}) {
    sums_ = sized(scratch.values, size_t(rows_) * a.gqa.value_dim);
    std::fill_n(sums_, size_t(rows_) * a.gqa.value_dim, 0.0f);
  }

  void add(const Part& part) {
    const int value = a_.gqa.value_dim;
    for (int row = 0; row < rows_; ++row) {
      const Share more = part.shares[row];
      if (more.sum == 0) continue;  // the row sees none of it
      Share& share = shares_[row];
      const float greatest =
          share.sum == 0 ? more.greatest : std::max(share.greatest, more.greatest);
      const float before = share.sum == 0 ? 0 : std::exp(share.greatest - greatest);
      const float weight = more.sum * std::exp(more.greatest - greatest);
      float* const sums = sums_ + size_t(row) * value;
      const float* const others = part.sums + size_t(row) * value;
      for (int v = 0; v < value; ++v) sums[v] = sums[v] * before + others[v] * weight;
      share = {greatest, share.sum * before + weight};
    }
  }

  void finish() const {
    const int group = a_.gqa.group(), value = a_.gqa.value_dim;
    for (int row = 0; row < rows_; ++row) {
      float* const to = a_.heads.row(tile_.first_token + row / group).data() +
                        (tile_.group * group + row % group) * value;
      const float* const sums = sums_ + size_t(row) * value;
      const float sum = shares_[row].sum + weight_of_sink(row);
      for (int v = 0; v < value; ++v) to[v] = sums[v] / sum;
    }
  }

 private:
  float weight_of_sink(int row) const {
    if (a_.sinks.empty()) return 0;
    const int group = a_.gqa.group();
    return std::exp(a_.sinks[tile_.group * group + row % group] - shares_[row].greatest);
  }

  const Attention& a_;
  const Tile& tile_;
  int rows_;
  std::vector<Share> shares_;
  float* sums_;
};

void run(const Attention& a, const Tile& tile, AttentionScratch& scratch) {
  Rows rows(a, tile, scratch);
  std::vector<Share> shares(tile.rows(a.gqa));
  const Part part{sized(scratch.latents, shares.size() * a.gqa.value_dim), shares.data()};
  for (int stretch = tile.first_stretch; stretch < tile.end_stretch; ++stretch) {
    attend_stretch(a, tile, stretch, part, scratch);
    rows.add(part);
  }
  rows.finish();
}

// Stretches side by side; `parts`: the rows of all parts. The first thread's scratch holds them.
void run_by_stretches(const Attention& a, std::span<const Tile> tiles, size_t parts,
                      std::span<AttentionScratch> scratch) {
  const int value = a.gqa.value_dim;
  float* const sums = sized(scratch[0].latents, parts * value);
  std::vector<Share> shares(parts);
  const auto part_of = [&](const Tile& tile, int stretch) {
    const size_t first = tile.first_part + size_t(stretch - tile.first_stretch) * tile.rows(a.gqa);
    return Part{sums + first * value, shares.data() + first};
  };
  std::vector<std::pair<const Tile*, int>> tasks;
  for (const Tile& tile : tiles) {
    for (int i = tile.first_stretch; i < tile.end_stretch; ++i) tasks.emplace_back(&tile, i);
  }
  base::ThreadPool& threads = a.machine.threads;
  threads.parallel_for(static_cast<int>(tasks.size()), [&](int index, int thread) {
    const auto [tile, stretch] = tasks[index];
    attend_stretch(a, *tile, stretch, part_of(*tile, stretch), scratch[thread]);
  });
  threads.parallel_for(static_cast<int>(tiles.size()), [&](int index, int thread) {
    const Tile& tile = tiles[index];
    Rows all(a, tile, scratch[thread]);
    for (int i = tile.first_stretch; i < tile.end_stretch; ++i) all.add(part_of(tile, i));
    all.finish();
  });
}

// The tiles of `count` tokens of one sequence.
void add_tiles(const Attention& a, int first, int count, std::vector<Tile>& tiles, size_t& parts) {
  const int most_tokens = std::max(1, pass_rows / a.gqa.group());
  for (int token = 0; token < count; token += most_tokens) {
    const int some = std::min(most_tokens, count - token);
    const int positions = a.tokens[first + token + some - 1].position + 1;
    const int first_seen = a.gqa.first_seen(a.tokens[first + token].position);
    for (int group = 0; group < a.gqa.kv_heads; ++group) {
      tiles.push_back({first + token, some, group, first_seen / stretch_positions,
                       (positions + stretch_positions - 1) / stretch_positions, parts});
      parts += size_t(tiles.back().stretches()) * tiles.back().rows(a.gqa);
    }
  }
}

}  // namespace

void gqa_attention(const Machine& machine, const model::Gqa& gqa, const Layer& layer,
                   const LayerCache& cache, std::span<const Query> tokens, Activations& queries,
                   Activations& heads, std::span<AttentionScratch> scratch) {
  const model::Vector& sinks = layer.source->attention.sinks;
  const bool plain = gqa.window == 0 && sinks.empty();
  const bool small_by_tiles = plain && takes_cells_by_tiles(machine, gqa.value_dim, layer);
  const Attention a{machine, gqa, sinks, cache, small_by_tiles, tokens, queries, heads};
  const bool by_tiles = plain && takes_tiles(machine, gqa, layer);
  std::vector<Tile> tiles;
  size_t parts = 0;
  const int total = static_cast<int>(tokens.size());
  for (int first = 0, end = 0; first < total; first = end) {
    for (end = first + 1; end < total && tokens[end].sequence == tokens[first].sequence;) ++end;
    if (by_tiles && end - first >= least_by_tiles) {
      attend_by_tiles(machine, gqa, cache, tokens.subspan(first, end - first), first, queries,
                      heads, scratch);
    } else {
      add_tiles(a, first, end - first, tiles, parts);
    }
  }
  if (static_cast<int>(tiles.size()) < 4 * machine.threads.threads()) {
    return run_by_stretches(a, tiles, parts, scratch);
  }
  machine.threads.parallel_for(static_cast<int>(tiles.size()), [&](int index, int thread) {
    run(a, tiles[index], scratch[thread]);
  });
}

}  // namespace engine::backend::cpu
