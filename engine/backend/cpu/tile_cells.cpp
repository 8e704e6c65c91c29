#include "engine/backend/cpu/tile_cells.h"

#include <algorithm>

#include "engine/backend/cpu/tile_tasks.h"

namespace engine::backend::cpu {

TileKeys tiles_of_cells(const Machine& machine, const LayerCache& cache, const HeadCells& cells,
                        std::span<const BlockId> block_table, int begin, int end,
                        AttentionScratch& scratch) {
  const TileKernels& kernels = machine.exact_tiles->kernels;
  const int tiles = even_tiles_of(end - begin);
  const int key_steps = steps_of(cells.key_width), value_tiles = cells.value_width / group_rows;
  const size_t key_size = size_t(key_steps) * tile_values;
  const size_t key = cells.key_width, value = cells.value_width;
  const bool shared = cells.first_key == cells.first_value && value <= key;
  uint16_t* const keys = scratch.tile_keys.sized(tiles * key_size);
  uint16_t* const values = scratch.tile_values.sized(size_t(tiles) / 2 * value_tiles * tile_values);
  float* const floats = sized(scratch.keys, tile_tokens * (key + value));
  for (int tile = 0; tile < tiles; ++tile) {
    const int first = begin + tile * tile_tokens;
    const int count = std::clamp(end - first, 0, tile_tokens);
    const float *key_rows[tile_tokens], *value_rows[tile_tokens];
    for (int p = 0; p < count; ++p) {
      const Cells slot = cache.at(block_table, first + p);
      const std::span key_row(floats + p * (key + value), key), value_row(key_row.end(), value);
      read(machine.floats, slot + cells.first_key, key_row);
      if (!shared) read(machine.floats, slot + cells.first_value, value_row);
      key_rows[p] = key_row.data();
      value_rows[p] = shared ? key_row.data() : value_row.data();
    }
    kernels.interleave(key_rows, count, cells.key_width, ColumnOrder::plain,
                       keys + tile * key_size);
    kernels.pair_positions(
        value_rows, count, cells.value_width,
        values + size_t(tile / 2) * value_tiles * tile_values + tile % 2 * (tile_values / 2));
  }
  return {keys, values, begin, tiles, key_steps, value_tiles};
}

void attend_by_tiles(const Machine& machine, const CellQueries& queries, const HeadCells& cells,
                     const TileKeys& keys, float* means, Share* shares, AttentionScratch& scratch) {
  const TileKernels& kernels = machine.exact_tiles->kernels;
  const int rows = static_cast<int>(queries.seen.size()), width = cells.value_width;
  uint16_t* const rounded = scratch.tile_queries.sized(size_t(keys.key_steps) * tile_values);
  float* const sums = scratch.tile_sums.sized(size_t(tile_tokens) * (width + 2));
  float *const greatest = sums + tile_tokens * width, *const totals = greatest + tile_tokens;
  for (int first = 0; first < rows; first += tile_tokens) {
    const int count = std::min(tile_tokens, rows - first);
    TileQueries some{rounded,  count,  {},  static_cast<float>(queries.score_scale),
                     greatest, totals, sums};
    const float* values[tile_tokens];
    for (int i = 0; i < count; ++i) {
      values[i] = queries.rows + (first + i) * queries.stride;
      some.seen[i] = queries.seen[first + i];
    }
    kernels.round_rows(values, count, cells.key_width, rounded);
    std::fill(sums, greatest, 0.0f);
    std::fill_n(greatest, tile_tokens, -1e30f);
    std::fill_n(totals, tile_tokens, 0.0f);
    kernels.attend(some, keys);
    for (int i = 0; i < count; ++i) {
      shares[first + i] = {greatest[i], totals[i]};
      const float inverse = totals[i] > 0 ? 1 / totals[i] : 0;
      float* const mean = means + size_t(first + i) * width;
      for (int v = 0; v < width; ++v) mean[v] = sums[i * width + v] * inverse;
    }
  }
}

}  // namespace engine::backend::cpu
