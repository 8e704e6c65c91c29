#include "engine/backend/cpu/tile_products.h"

#include <algorithm>

namespace engine::backend::cpu {
namespace {

// Whether rows are the first of a tile, in order.
bool are_tile(std::span<const Row> rows) {
  const uint16_t* const first = rows[0].tile_pairs;
  bool result = first != nullptr && reinterpret_cast<uintptr_t>(first) % 64 == 0;
  for (size_t t = 1; t < rows.size() && result; ++t) result = rows[t].tile_pairs == first + 2 * t;
  return result;
}

void multiply_some(const Machine& machine, const Product& product, int first_group, int end_group,
                   TileScratch& scratch) {
  const WeightStack& weights = *product.weights;
  const int tokens = static_cast<int>(product.x.size());
  const auto x = token_tiles(*machine.tiles, product.x, weights.columns(), scratch);
  const auto pair_of = [&](int i) {
    return pair_of_groups(weights, product.index, first_group, end_group, i);
  };
  const auto store = [&](const Pair& pair, const TileSums* sums) {
    for (size_t tile = 0; tile < x.size(); ++tile) {
      const int token = static_cast<int>(tile) * tile_tokens;
      for (int g = 0; g < pair.count; ++g) {
        const int first_row = pair.groups[g].group * group_rows;
        const int rows = std::min(group_rows, weights.rows() - first_row);
        machine.tiles->kernels.store(sums[g * x.size() + tile],
                                     std::min(tile_tokens, tokens - token),
                                     product.y.data() + token, first_row, rows);
      }
    }
  };
  sum_pairs(machine, pairs_of(end_group - first_group), pair_of, x, scratch, store);
}

}  // namespace

TokenTiles token_tiles(const Tiles& tiles, std::span<const Row> x, int columns,
                       TileScratch& scratch) {
  const size_t count = (x.size() + tile_tokens - 1) / tile_tokens;
  const size_t size = size_t(columns) * tile_tokens;
  const auto rows_of = [&](size_t tile) {
    const size_t first = tile * tile_tokens;
    return x.subspan(first, std::min<size_t>(tile_tokens, x.size() - first));
  };
  const ColumnOrder order = tiles.order_of(columns);
  scratch.tiles.resize(count);
  size_t strewn = 0;
  for (size_t i = 0; i < count; ++i) {
    scratch.tiles[i] = are_tile(rows_of(i)) ? rows_of(i)[0].tile_pairs : nullptr;
    if (scratch.tiles[i] == nullptr) ++strewn;
  }
  uint16_t* own = scratch.gathered.sized(strewn * size);
  for (size_t i = 0; i < count; ++i) {
    if (scratch.tiles[i] != nullptr) continue;
    const auto rows = rows_of(i);
    const float* values[tile_tokens];
    for (size_t t = 0; t < rows.size(); ++t) values[t] = rows[t].values;
    tiles.kernels.interleave(values, static_cast<int>(rows.size()), columns, order, own);
    scratch.tiles[i] = own;
    own += size;
  }
  return {scratch.tiles, order};
}

Pair pair_of_groups(const WeightStack& weights, int index, int first_group, int end_group, int i) {
  const int group = first_group + 2 * i;
  return {{{&weights, index, group}, {&weights, index, group + 1}}, std::min(2, end_group - group)};
}

size_t tiles_of_block(size_t tiles, int columns) {
  constexpr size_t cached_bytes = 1024 * 1024;
  const size_t tile_bytes = size_t(columns) * tile_tokens * sizeof(uint16_t);
  const size_t most = std::max<size_t>(3, cached_bytes / tile_bytes);
  const size_t blocks = std::max<size_t>(1, (tiles + most - 1) / most);
  return std::max<size_t>(1, (tiles + blocks - 1) / blocks);
}

void sum_pairs(const Machine& machine, int pairs, const PairOf& pair_of, const TokenTiles& x,
               TileScratch& scratch, const UseSums& use) {
  const auto run = [](void* rounding, int piece) {
    static_cast<PairRounding*>(rounding)->run(piece);
  };
  Pair pair = pair_of(0);
  const int steps = (pair.groups[0].weights->columns() + step_columns - 1) / step_columns;
  const size_t size = size_t(steps) * tile_values;
  uint16_t* const weights = scratch.weights.sized(4 * size);
  TileSums* const sums = scratch.sums.sized(2 * x.size());
  PairRounding first(machine, pair, x.order, scratch, weights, size);
  for (int piece = 0; piece < first.pieces(); ++piece) first.run(piece);
  for (int i = 0; i < pairs; ++i) {
    uint16_t* const own = weights + i % 2 * 2 * size;
    uint16_t* const others = weights + (i + 1) % 2 * 2 * size;
    const uint16_t* const groups[] = {own, own + size};
    const Pair next = i + 1 < pairs ? pair_of(i + 1) : Pair{{}, 0};
    PairRounding rounding(machine, next, x.order, scratch, others, size);
    machine.tiles->kernels.multiply(groups, pair.count, x.tiles.data(), static_cast<int>(x.size()),
                                    steps, sums, {rounding.pieces(), run, &rounding});
    use(pair, sums);
    pair = next;
  }
}

void multiply_tiles(const Machine& machine, const Product& product, int first_group,
                    int group_count, int thread) {
  const size_t tiles = (product.x.size() + tile_tokens - 1) / tile_tokens;
  const size_t most = tiles_of_block(tiles, product.weights->columns()) * tile_tokens;
  for (size_t first = 0; first < product.x.size(); first += most) {
    const size_t count = std::min(most, product.x.size() - first);
    const Product some{product.weights, product.index, product.x.subspan(first, count),
                       product.y.subspan(first, count)};
    multiply_some(machine, some, first_group, first_group + group_count,
                  machine.tiles->scratch[thread]);
  }
}

}  // namespace engine::backend::cpu
