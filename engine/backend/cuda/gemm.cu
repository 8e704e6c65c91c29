// A warp makes 32 rows × the tokens of a tile. It unpacks its weights from memory right into the
// fragments of the tensor cores (fragments.h), once for all tokens and with no barrier; only x goes
// through shared memory, a chunk of columns ahead of the products. So the same kernel is bound by
// reading the weights where an expert has few tokens, and by the tensor cores where it has many.
//
// In a step of 128 columns lane 4g + t holds the unit 4 · step + t of its rows; x lies in the order
// that follows: of each unit first its values 0–7, the four units side by side, then 8–15 and so
// on. Rows of x are 32 halves longer than a chunk, so that lanes of two tokens meet in no bank.
//
// Few rows are spread over more warps: those of a block then share the columns of the same rows,
// and their sums are added in order.
#include "engine/backend/cuda/gemm.h"

#include <algorithm>

#include "engine/backend/cuda/gemm_tile.h"
#include "engine/backend/cuda/gemm_units.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 128, warps = threads / 32;
constexpr int warp_rows = 32;
constexpr int step_units = 4, step = step_units * unit_values;
constexpr int staged_pitch = warp_rows + 4;  // floats of a token
constexpr int enough_blocks = 160;

// Turing copies through registers, and so has fewer of them.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
constexpr int fewer_blocks = 1;
#else
constexpr int fewer_blocks = 0;
#endif

ANYWHERE int pitch_of(int chunk_steps) { return chunk_steps * step + 32; }

DEVICE Tile find_warp_tile(const GemmArguments& a, int tile_tokens) {
  const int warps_of_rows = warps / a.column_groups;
  const int rows = a.pairs ? warp_rows / 2 : warp_rows;
  return find_tile(a, tile_tokens,
                   (block_x() * warps_of_rows + warp_index() % warps_of_rows) * rows);
}

// Starts copies of the columns from `first_step` on; what is not there becomes zero. A thread keeps
// to one column of the chunk, whose pieces of 16 bytes are a power of two.
DEVICE void copy_x(const GemmArguments& a, const Tile& tile, int first_step, View<uint16_t> x) {
  const int pieces = a.chunk_steps * step / 8, piece = thread_index() & (pieces - 1);
  const int unit = first_step * step_units + piece / 16 * step_units + piece % 4;
  const int column = unit * unit_values + piece % 16 / 4 * 8;
  const bool there = unit < a.weights.all.units;
#pragma unroll 4
  for (int t = thread_index() / pieces; t < tile.count; t += threads / pieces) {
    const size_t to = size_t(t) * pitch_of(a.chunk_steps) + piece * 8;
    if (!there) {
      store_halves(x, to, {0, 0, 0, 0});
      continue;
    }
    const size_t from = x_at(a, tile, t) + column;
    x.check(to, 8), a.x.check(from, 8);
    start_copy(x.data + to, a.x.data + from);
  }
}

// The rows whose units a lane holds: [tile of 16][g or g + 8].
struct LaneRows {
  const DeviceMatrix* matrices[2];
  size_t at[2][2];
};

DEVICE LaneRows find_rows(const GemmArguments& a, const Tile& tile) {
  LaneRows rows;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const DeviceStack& stack = a.pairs && i == 1 ? a.up : a.weights;
    rows.matrices[i] = &stack.all;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int row = tile.first_row + (a.pairs ? 0 : i * 16) + half * 8 + lane_index() / 4;
      rows.at[i][half] = row_at(stack, tile, row);
    }
  }
  return rows;
}

template <typename Unit>
DEVICE void fetch(const LaneRows& rows, int at_step, Unit (&units)[2][2]) {
  const int index = at_step * step_units + lane_index() % 4;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const DeviceMatrix& m = *rows.matrices[i];
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      units[i][half].fetch(m, rows.at[i][half], index < m.units ? index : m.units - 1);
    }
  }
}

// Products with eight columns of each unit: `weights` of [tile of 16][g or g + 8].
template <int n_tiles>
DEVICE void multiply_part(const uint32_t (&weights)[2][2][4], const View<uint16_t>& x, size_t at,
                          int pitch, int count, float (&sums)[2][n_tiles][4]) {
  constexpr int together = n_tiles <= 2 ? 1 : 2;
#pragma unroll
  for (int first = 0; first < n_tiles; first += together) {
    if (first * 8 >= count) break;
    Words4 b[together];
#pragma unroll
    for (int j = 0; j < together; ++j) b[j] = load_halves(x, at + size_t(first + j) * 8 * pitch);
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const auto& w = weights[i];
      const uint32_t low[4] = {w[0][0], w[1][0], w[0][1], w[1][1]};
      const uint32_t high[4] = {w[0][2], w[1][2], w[0][3], w[1][3]};
#pragma unroll
      for (int j = 0; j < together; ++j) {
        multiply_tiles(sums[i][first + j], low, b[j].x, b[j].y);
        multiply_tiles(sums[i][first + j], high, b[j].z, b[j].w);
      }
    }
  }
}

template <typename Unit, int n_tiles>
DEVICE void multiply_step(const LaneRows& rows, int at_step, Unit (&units)[2][2],
                          const View<uint16_t>& x, size_t x_at, int pitch, int count,
                          float (&sums)[2][n_tiles][4]) {
  const int lane = lane_index(), index = at_step * step_units + lane % 4;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      units[i][half].prepare(*rows.matrices[i], index, index < rows.matrices[i]->units);
    }
  }
#pragma unroll
  for (int part = 0; part < 4; ++part) {
    uint32_t weights[2][2][4];
#pragma unroll
    for (int i = 0; i < 2; ++i) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        units[i][half].eight(*rows.matrices[i], part / 2, part % 2, weights[i][half]);
      }
    }
    const size_t at = x_at + size_t(lane / 4) * pitch + part * 32 + lane % 4 * 8;
    multiply_part<n_tiles>(weights, x, at, pitch, count, sums);
  }
}

// The sums of the warps that share rows, added in order; whether this warp has them.
template <int n_tiles>
DEVICE bool add_groups(const GemmArguments& a, View<float> shared_sums,
                       float (&sums)[2][n_tiles][4]) {
  constexpr int values = 2 * n_tiles * 4;
  const int warps_of_rows = warps / a.column_groups;
  const int group = warp_index() / warps_of_rows, row_warp = warp_index() % warps_of_rows;
  const auto place = [&](int of, int value) {
    return (size_t((of - 1) * warps_of_rows + row_warp) * values + value) * 32 + lane_index();
  };
  block_barrier();
#pragma unroll
  for (int value = 0; value < values; ++value) {
    if (group > 0) shared_sums[place(group, value)] = sums[value / 4 % 2][value / 8][value % 4];
  }
  block_barrier();
  if (group > 0) return false;
  for (int of = 1; of < a.column_groups; ++of) {
#pragma unroll
    for (int value = 0; value < values; ++value) {
      sums[value / 4 % 2][value / 8][value % 4] += shared_sums[place(of, value)];
    }
  }
  return true;
}

// By way of shared memory, a warp in its own: lanes then store neighbouring rows, and in a loop,
// since code that runs once costs its fetching.
template <int n_tiles>
DEVICE void store_tile(const GemmArguments& a, const Tile& tile, float raised,
                       const View<float>& staged, const float (&sums)[2][n_tiles][4]) {
  const int lane = lane_index(), of_rows = a.pairs ? warp_rows / 2 : warp_rows;
#pragma unroll
  for (int j = 0; j < n_tiles; ++j) {
#pragma unroll
    for (int part = 0; part < 4; ++part) {
      const int token = j * 8 + lane % 4 * 2 + part % 2, row = lane / 4 + part / 2 * 8;
      const float first = sums[0][j][part] / raised, second = sums[1][j][part] / raised;
      const size_t at = size_t(token) * staged_pitch + row;
      staged[at] = a.pairs ? activated_pair(a, tile, tile.first_row + row, first, second) : first;
      staged[at + 16] = second;
    }
  }
  warp_barrier();
  const int row = lane & (of_rows - 1);
#pragma unroll 1
  for (int token = a.pairs ? lane / 16 : 0; token < tile.count; token += 32 / of_rows) {
    store_value(a, tile, token, tile.first_row + row, staged[size_t(token) * staged_pitch + row]);
  }
}

template <typename Unit, int n_tiles>
KERNEL_CROWDED(threads, (n_tiles <= 2 ? Unit::narrow_blocks : Unit::wide_blocks) - fewer_blocks)
gemm_kernel(PARAMETER(GemmArguments) a) {
  // With many tokens other warps' products hide the loads, and sums take the registers.
  constexpr bool ahead = n_tiles <= 2;
  // Weights are there before the activations.
  if (!a.tiles.empty()) wait_for_previous_kernel();
  const Tile tile = find_warp_tile(a, n_tiles * 8);
  const LaneRows rows = find_rows(a, tile);
  int at_step = warp_index() / (warps / a.column_groups);
  Unit next[2][2];
  if (ahead) fetch(rows, at_step, next);
  if (a.tiles.empty()) wait_for_previous_kernel();
  if (tile.count <= 0) return;
  const int pitch = pitch_of(a.chunk_steps);
  const size_t chunk_size = size_t(n_tiles) * 8 * pitch;
  size_t used = 0;
  const View<uint16_t> x = shared<uint16_t>(2 * chunk_size, used);
  copy_x(a, tile, 0, x);
  const int steps = (a.weights.all.units + step_units - 1) / step_units;
  float sums[2][n_tiles][4] = {};
  for (int chunk = 0, first = 0; first < steps; ++chunk, first += a.chunk_steps) {
    const View<uint16_t> here = x.from(chunk % 2 * chunk_size);
    const int end = first + a.chunk_steps < steps ? first + a.chunk_steps : steps;
    bool fetched = true;
    if (!ahead) fetch(rows, at_step, next);
    wait_for_copies();
    block_barrier();
    if (end < steps) copy_x(a, tile, end, x.from((chunk + 1) % 2 * chunk_size));
    for (; at_step < end; at_step += a.column_groups) {
      Unit units[2][2];
      if (!ahead && !fetched) fetch(rows, at_step, next);
      fetched = false;
#pragma unroll
      for (int i = 0; i < 4; ++i) units[i / 2][i % 2] = next[i / 2][i % 2];
      if (ahead) fetch(rows, at_step + a.column_groups, next);
      multiply_step<Unit, n_tiles>(rows, at_step, units, here, size_t(at_step - first) * step,
                                   pitch, tile.count, sums);
    }
  }
  used = 0;
  if (a.column_groups > 1) {
    const View<float> all = shared<float>(size_t(warps - 1) * 32 * n_tiles * 8, used);
    if (!add_groups(a, all, sums)) return;
  } else {
    block_barrier();
  }
  const View<float> staged = shared<float>(size_t(warps) * n_tiles * 8 * staged_pitch, used);
  // Found once more, so that it takes no registers meanwhile.
  store_tile(a, find_warp_tile(a, n_tiles * 8), Unit::raised,
             staged.from(size_t(warp_index()) * n_tiles * 8 * staged_pitch), sums);
}

template <int n_tiles>
struct Kernels {
  template <typename Unit>
  static GemmKernel of() {
    return gemm_kernel<Unit, n_tiles>;
  }
};

bool goes_by_groups(const GemmArguments& a) {
  if (a.least_group_blocks == 0) return false;
  // A block of few steps is over before it is at full speed.
  constexpr int least_steps = 8;
  const bool is_long = a.least_group_blocks == 1 || a.weights.all.units >= least_steps * step_units;
  return !a.tiles.empty() || (is_long && group_blocks(a) >= a.least_group_blocks);
}

}  // namespace

void gemm(Stream& stream, const GemmArguments& arguments) {
  GemmArguments a = arguments;
  INVARIANT(a.weights.rows % a.heads == 0 && a.x_stride % 8 == 0 && a.head_input % 8 == 0);
  if (goes_by_groups(a)) return gemm_by_groups(stream, a);
  const bool narrow = !a.tiles.empty() && a.tile_tokens <= narrow_tile;
  const int tokens = narrow ? narrow_tile : wide_tile;
  const int rows = a.weights.rows / a.heads, rows_a_warp = a.pairs ? warp_rows / 2 : warp_rows;
  const int tiles = a.tiles.empty() ? (a.tokens + tokens - 1) / tokens : a.most_tiles;
  const int steps = (a.weights.all.units + step_units - 1) / step_units;
  const auto rows_a_block = [&] { return warps / a.column_groups * rows_a_warp; };
  const auto blocks_x = [&] { return (rows + rows_a_block() - 1) / rows_a_block(); };
  const auto shared_bytes = [&](int chunk_steps) {
    return 2 * size_t(tokens) * pitch_of(chunk_steps) * sizeof(uint16_t);
  };
  while (a.column_groups < warps && 2 * a.column_groups <= steps &&
         2 * blocks_x() * tiles * a.heads <= enough_blocks &&
         shared_bytes(2 * a.column_groups) <= a.most_shared_bytes) {
    a.column_groups *= 2;
  }
  a.chunk_steps = std::max(narrow ? 4 : 2, a.column_groups);
  while (shared_bytes(a.chunk_steps) > a.most_shared_bytes) a.chunk_steps /= 2;
  const size_t sums = a.column_groups > 1 ? size_t(warps - 1) * 32 * tokens : 0;
  const size_t at_end = (sums + size_t(warps) * tokens * staged_pitch) * sizeof(float);
  launch(stream,
         {{blocks_x(), tiles, a.heads}, threads, std::max(shared_bytes(a.chunk_steps), at_end)},
         narrow ? kernel_of<Kernels<narrow_tile / 8>>(a) : kernel_of<Kernels<wide_tile / 8>>(a), a);
}

}  // namespace engine::backend::cuda
