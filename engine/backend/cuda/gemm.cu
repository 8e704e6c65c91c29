// A block makes 128 tokens × 64 rows in steps of 128 columns: x is copied to shared memory, each
// thread unpacks one unit of weights beside it, and eight warps multiply 32 × 32 each. The weights
// of a tile are unpacked once for 128 tokens, which costs about a quarter of the products' time.
// Rows of shared memory are 8 halves longer than a step, so that the eight rows of a tile lie in
// different banks.
#include "engine/backend/cuda/gemm.h"

#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;
constexpr int tile_rows = 64;
constexpr int step_units = 4, step = step_units * unit_values;
constexpr int pitch = step + 8;
constexpr size_t shared_bytes = size_t(tile_tokens + tile_rows) * pitch * sizeof(uint16_t);

// What a block works on.
struct Tile {
  int expert = 0, head = 0;
  int first = 0, count = 0;  // tokens, or visits
  int first_row = 0;         // of the matrix's rows, or of the head's
  int rows = 0;              // of a head
};

DEVICE Tile find_tile(const GemmArguments& a) {
  Tile tile;
  tile.head = block_z();
  tile.rows = a.weights.rows / a.heads;
  tile.first_row = block_x() * (a.pairs ? tile_rows / 2 : tile_rows);
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

DEVICE void copy_x(const GemmArguments& a, const Tile& tile, int first_unit, View<uint16_t> x) {
  constexpr int pieces = step / 8;  // of 16 bytes
  for (int i = thread_index(); i < tile_tokens * pieces; i += threads) {
    const int t = i / pieces, column = first_unit * unit_values + i % pieces * 8;
    Words4 words{0, 0, 0, 0};
    if (t < tile.count && column < a.weights.all.units * unit_values) {
      const int visit = tile.first + t;
      const size_t row = a.visit_rows.empty() ? visit : a.visit_rows[visit];
      words = load_halves(a.x, row * a.x_stride + size_t(tile.head) * a.head_input + column);
    }
    store_halves(x, size_t(t) * pitch + i % pieces * 8, words);
  }
}

template <Format format>
DEVICE void unpack(const DeviceMatrix& m, size_t row, int index, View<uint16_t> to, size_t at) {
  Unit<format> unit;
  load_unit<format>(m, row, index, unit);
#pragma unroll
  for (int run = 0; run < 2; ++run) {
    float q[16];
    levels_of_run(unit, m.type, run, q);
#pragma unroll
    for (int i = 0; i < 16; ++i) q[i] = multiply_add(unit.scale[run], q[i], unit.offset[run]);
#pragma unroll
    for (int i = 0; i < 16; i += 8) {
      store_halves(to, at + run * 16 + i,
                   {pack_halves(q[i], q[i + 1]), pack_halves(q[i + 2], q[i + 3]),
                    pack_halves(q[i + 4], q[i + 5]), pack_halves(q[i + 6], q[i + 7])});
    }
  }
}

// With pairs, eight rows of gate and eight of up take turns, so that a lane holds both of a pair.
DEVICE void unpack_weights(const GemmArguments& a, const Tile& tile, int first_unit,
                           View<uint16_t> weights) {
  const int n = thread_index() / step_units, index = first_unit + thread_index() % step_units;
  const bool is_up = a.pairs && n / 8 % 2 == 1;
  const DeviceStack& stack = is_up ? a.up : a.weights;
  const DeviceMatrix& m = stack.all;
  const int row = tile.first_row + (a.pairs ? n / 16 * 8 + n % 8 : n);
  const int last = tile.rows - 1;
  const size_t row_at =
      stack.row_at(tile.expert, tile.head * tile.rows + (row < last ? row : last));
  const size_t at = size_t(n) * pitch + thread_index() % step_units * unit_values;
  if (index >= m.units) {
    for (int i = 0; i < unit_values; i += 8) store_halves(weights, at + i, {0, 0, 0, 0});
    return;
  }
  switch (m.format) {
#define LEMMA_CASE(name) \
  case Format::name:     \
    return unpack<Format::name>(m, row_at, index, weights, at)
    LEMMA_CASE(f32);
    LEMMA_CASE(f16);
    LEMMA_CASE(q8_0);
    LEMMA_CASE(q4);
    LEMMA_CASE(k);
    LEMMA_CASE(q6_k);
    LEMMA_CASE(other);
#undef LEMMA_CASE
  }
}

// A warp's 32 tokens × 32 rows: [16 tokens][8 rows] tiles.
using Sums32 = float[2][4][4];

DEVICE void multiply_step(const View<uint16_t>& x, const View<uint16_t>& weights, Sums32& sums) {
  const int lane = lane_index();
  const int first_token = warp_index() % 4 * 32, first_row = warp_index() / 4 * 32;
#pragma unroll 2
  for (int k = 0; k < step; k += 16) {
    uint32_t a[2][4], b[2][4];
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      load_tiles(a[i], &x[size_t(first_token + i * 16 + lane % 16) * pitch + k + lane / 16 * 8]);
      load_tiles(b[i], &weights[size_t(first_row + i * 16 + lane / 16 * 8 + lane % 8) * pitch + k +
                                lane / 8 % 2 * 8]);
    }
#pragma unroll
    for (int i = 0; i < 2; ++i) {
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        multiply_tiles(sums[i][j], a[i], b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]);
      }
    }
  }
}

DEVICE void store_value(const GemmArguments& a, const Tile& tile, int token, int row, float value) {
  if (token >= tile.count || row >= tile.rows) return;
  const int whole_row = tile.head * tile.rows + row;
  if (!a.bias.empty()) value += a.bias[whole_row];
  const size_t at = size_t(tile.first + token) * a.output_stride +
                    size_t(tile.head) * a.head_output +
                    interleaved(a.output_in_heads ? whole_row : row, a.output_group);
  if (!a.halves.empty()) {
    a.halves[at] = static_cast<uint16_t>(pack_halves(value, 0));
    return;
  }
  if (a.store == Store::add) value += a.output[at];
  a.output[at] = value;
}

DEVICE void store_tile(const GemmArguments& a, const Tile& tile, const Sums32& sums) {
  const int lane = lane_index();
  const int first_token = warp_index() % 4 * 32 + lane / 4, column = lane % 4 * 2;
  const int first_row = warp_index() / 4 * 32;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
#pragma unroll
    for (int part = 0; part < 4; ++part) {
      const int token = first_token + i * 16 + part / 2 * 8;
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        const float value = sums[i][j][part];
        if (!a.pairs) {
          store_value(a, tile, token, tile.first_row + first_row + j * 8 + column + part % 2,
                      value);
        } else if (j % 2 == 0) {
          const float act = value / (1.0f + exponential(-value)) * sums[i][j + 1][part];
          store_value(a, tile, token,
                      tile.first_row + first_row / 2 + j / 2 * 8 + column + part % 2, act);
        }
      }
    }
  }
}

KERNEL(threads) gemm_kernel(PARAMETER(GemmArguments) a) {
  wait_for_previous_kernel();
  const Tile tile = find_tile(a);
  if (tile.count <= 0) return;
  size_t used = 0;
  const View<uint16_t> x = shared<uint16_t>(size_t(tile_tokens) * pitch, used);
  const View<uint16_t> weights = shared<uint16_t>(size_t(tile_rows) * pitch, used);
  Sums32 sums = {};
  for (int unit = 0; unit < a.weights.all.units; unit += step_units) {
    copy_x(a, tile, unit, x);
    unpack_weights(a, tile, unit, weights);
    block_barrier();
    multiply_step(x, weights, sums);
    block_barrier();
  }
  store_tile(a, tile, sums);
}

}  // namespace

void gemm(Stream& stream, const GemmArguments& a) {
  const int rows = a.weights.rows / a.heads, rows_a_block = a.pairs ? tile_rows / 2 : tile_rows;
  INVARIANT(a.weights.rows % a.heads == 0 && a.x_stride % 8 == 0 && a.head_input % 8 == 0);
  const int tiles = a.tiles.empty() ? (a.tokens + tile_tokens - 1) / tile_tokens : a.most_tiles;
  launch(stream,
         {{(rows + rows_a_block - 1) / rows_a_block, tiles, a.heads}, threads, shared_bytes},
         gemm_kernel, a);
}

}  // namespace engine::backend::cuda
