// What the kernels of gemm.h have in common: which rows and tokens a block works on, and where
// their sums go.
#pragma once

#include "engine/backend/cuda/gemm.h"

namespace engine::backend::cuda {

struct Tile {
  int expert = 0, head = 0;
  int first = 0, count = 0;  // tokens, or visits
  int first_row = 0;         // of the matrix's rows, or of the head's
  int rows = 0;              // of a head
};

DEVICE Tile find_tile(const GemmArguments& a, int tile_tokens, int first_row) {
  Tile tile;
  tile.head = block_z();
  tile.rows = a.weights.rows / a.heads;
  tile.first_row = first_row;
  if (a.tiles.empty()) {
    tile.first = block_y() * tile_tokens;
    tile.count = a.tokens - tile.first < tile_tokens ? a.tokens - tile.first : tile_tokens;
  } else if (block_y() < a.tile_count[0]) {
    const VisitTile& found = a.tiles[block_y()];
    tile.expert = found.expert;
    tile.first = found.first;
    tile.count = found.count;
  }
  return tile;
}

// Where `row` of the tile's rows begins, or the last one where there are fewer.
DEVICE size_t row_at(const DeviceStack& stack, const Tile& tile, int row) {
  const int last = tile.rows - 1;
  return stack.row_at(tile.expert, tile.head * tile.rows + (row < last ? row : last));
}

// Of the halves in x, where the columns of `token` begin.
DEVICE size_t x_at(const GemmArguments& a, const Tile& tile, int token) {
  const int visit = tile.first + token;
  const size_t row = a.visit_rows.empty() ? visit : a.visit_rows[visit];
  return row * a.x_stride + size_t(tile.head) * a.head_input;
}

// Of a pair, from what was summed for `row`; past the last row nobody looks at it.
DEVICE float activated_pair(const GemmArguments& a, const Tile& tile, int row, float gate,
                            float up) {
  if (!a.weights.bias.empty() && row < tile.rows) {
    gate += a.weights.bias_of(tile.expert, row);
    up += a.up.bias_of(tile.expert, row);
  }
  return activated(a.clamped != 0, gate, up);
}

DEVICE bool adds_bias(const GemmArguments& a) { return !a.pairs && !a.weights.bias.empty(); }

DEVICE void store_value(const GemmArguments& a, const Tile& tile, int token, int row, float value) {
  if (token >= tile.count || row >= tile.rows) return;
  const int whole_row = tile.head * tile.rows + row;
  if (adds_bias(a)) value += a.weights.bias_of(tile.expert, whole_row);
  const size_t in_row = size_t(tile.head) * a.head_output +
                        interleaved(a.output_in_heads ? whole_row : row, a.output_group);
  if (!a.halves.empty()) {
    a.halves[size_t(tile.first + token) * a.halves_stride + in_row] =
        static_cast<uint16_t>(pack_halves(value, 0));
  }
  if (a.output.empty()) return;
  float& output = a.output[size_t(tile.first + token) * a.output_stride + in_row];
  output = a.store == Store::add ? output + value : value;
}

// Whether four rows from a multiple of 4 on are neighbours, and aligned, wherever values go.
DEVICE bool stores_fours(const GemmArguments& a, const Tile& tile) {
  const int strides = a.output_stride | a.halves_stride | a.head_output;
  return ((a.output_in_heads ? strides | tile.rows : strides) & 3) == 0;
}

// store_value() of `row`, a multiple of 4, and the next three, where stores_fours() says so and the
// tile has them all.
DEVICE void store_four(const GemmArguments& a, const Tile& tile, int token, int row, Float4 v) {
  const int whole_row = tile.head * tile.rows + row;
  if (adds_bias(a)) {
    const DeviceStack& w = a.weights;
    v.x += w.bias_of(tile.expert, whole_row), v.y += w.bias_of(tile.expert, whole_row + 1);
    v.z += w.bias_of(tile.expert, whole_row + 2), v.w += w.bias_of(tile.expert, whole_row + 3);
  }
  const size_t in_row = size_t(tile.head) * a.head_output +
                        interleaved(a.output_in_heads ? whole_row : row, a.output_group);
  const size_t row_of = tile.first + token;
  if (!a.halves.empty()) {
    store_four_halves(a.halves, row_of * a.halves_stride + in_row,
                      {pack_halves(v.x, v.y), pack_halves(v.z, v.w)});
  }
  if (a.output.empty()) return;
  const size_t at = row_of * a.output_stride + in_row;
  if (a.store == Store::add) {
    const Float4 there = load_float4(a.output, at);
    v = {there.x + v.x, there.y + v.y, there.z + v.z, there.w + v.w};
  }
  store_float4(a.output, at, v);
}

}  // namespace engine::backend::cuda
