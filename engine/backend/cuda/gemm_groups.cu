// gemm.h by warp groups: 128 threads make 64 rows × 128 tokens, or 64 where a tile has no more, by
// instructions that run asynchronously and read x from shared memory by themselves. The weights
// come straight from memory into registers as in gemm.cu, so that each is unpacked once for twice
// as many tokens; a part of a step is unpacked while the product of the part before runs.
//
// In a step of 128 columns lane 4g + t holds the unit 4 · step + t of its two rows. Eight values
// of it, a part, make two products of 16 columns, and a product's column is lane t's by the
// fragments: columns 2t, 2t + 1, 2t + 8 and 2t + 9 are four neighbouring values of unit t. So eight
// halves of a core matrix's row (tile_descriptor.h) are a pair of each of the four units. A thread
// that copies x takes the same eight values of four units, four loads of 16 bytes, and stores the
// first pairs of all, then the second ones and so on: a transposition of words between registers
// that takes no instruction. Shared memory then holds pieces of 16 bytes, [16][tokens] a step:
// eight tokens' are a core matrix, 128 bytes in a row, read and written without a bank met twice.
//
// A product is under way while the next part is unpacked, its copies of x go to the other half of
// shared memory, and the other group's warps work; then it is waited for. Waiting for the product
// before the last one instead would leave no gap, but ptxas then runs products one by one ("non
// wgmma instructions defining input registers"), and known faults of CUDA 13 lie there.
#include <type_traits>

#include "engine/backend/cuda/gemm_tile.h"
#include "engine/backend/cuda/gemm_units.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int groups = 2, threads = groups * 128, warps = threads / 32;
constexpr int group_rows = 64, warp_rows = 16;
constexpr int step_units = 4, step = step_units * unit_values;
[[maybe_unused]] constexpr int parts = 4;  // of a step
constexpr int buffers = 2;
constexpr int staged_pitch = group_rows + 4;  // floats of a token

// Pairs share a warp's rows: gate in its first eight, up in the others.
ANYWHERE int rows_of_group(const GemmArguments& a) { return a.pairs ? group_rows / 2 : group_rows; }

constexpr size_t shared_bytes_for(int tokens) {
  const size_t x = size_t{buffers} * tokens * step * sizeof(uint16_t);
  const size_t at_end = size_t{groups} * tokens * staged_pitch * sizeof(float);
  return x > at_end ? x : at_end;
}
static_assert(group_shared_bytes >= shared_bytes_for(group_tile));

// Rows g and g + 8 of the warp's 16.
struct LaneRows {
  const DeviceMatrix* matrices[2];
  size_t at[2];
};

DEVICE LaneRows find_rows(const GemmArguments& a, const Tile& tile) {
  LaneRows rows;
  const int warp = warp_index() % 4, g = lane_index() / 4;
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    const DeviceStack& stack = a.pairs && half == 1 ? a.up : a.weights;
    const int row = a.pairs ? warp * 8 + g : warp * warp_rows + half * 8 + g;
    rows.matrices[half] = &stack.all;
    rows.at[half] = row_at(stack, tile, tile.first_row + row);
  }
  return rows;
}

template <typename Unit>
DEVICE void fetch(const LaneRows& rows, int at_step, Unit (&units)[2]) {
  const int index = at_step * step_units + lane_index() % 4;
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    const DeviceMatrix& m = *rows.matrices[half];
    units[half].fetch(m, rows.at[half], index < m.units ? index : m.units - 1);
  }
}

template <typename Unit>
DEVICE void prepare(const LaneRows& rows, int at_step, Unit (&units)[2]) {
  const int index = at_step * step_units + lane_index() % 4;
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    units[half].prepare(*rows.matrices[half], index, index < rows.matrices[half]->units);
  }
}

// The fragments of a part's two products.
template <typename Unit>
DEVICE void unpack(const LaneRows& rows, const Unit (&units)[2], int part, uint32_t (&to)[2][4]) {
#pragma unroll
  for (int half = 0; half < 2; ++half) {
    uint32_t pairs[4];
    units[half].eight(*rows.matrices[half], part / 2, part % 2, pairs);
#pragma unroll
    for (int i = 0; i < 4; ++i) to[i / 2][i % 2 * 2 + half] = pairs[i];
  }
}

// What a thread copies of x in each step: eight values of four units of one token, or of two. It
// copies something in any case, since a branch would wait for the loads: of the last token where
// there are fewer, whose sums nobody looks at, and of the last unit, where weights are zeros.
template <int tokens>
class Copies {
 public:
  static constexpr int count = tokens / (warps * 8);

  DEVICE Copies(const GemmArguments& a, const Tile& tile) {
#pragma unroll
    for (int i = 0; i < count; ++i) {
      const int own = token(i) < tile.count ? token(i) : tile.count - 1;
      from_[i] = x_at(a, tile, own) + eight() * 8;
    }
  }
  DEVICE void load(const GemmArguments& a, int at_step, int i, Words4 (&words)[4]) const {
    const int last = a.weights.all.units - 1;
#pragma unroll
    for (int unit = 0; unit < 4; ++unit) {
      const int index = at_step * step_units + unit;
      words[unit] = load_halves(a.x, from_[i] + size_t(index < last ? index : last) * unit_values);
    }
  }
  DEVICE void store(const View<uint16_t>& x, int i, const Words4 (&words)[4]) const {
    const auto put = [&](int pair, const Words4& eight_halves) {
      store_halves(x, (size_t(eight() * 4 + pair) * tokens + token(i)) * 8, eight_halves);
    };
    put(0, {words[0].x, words[1].x, words[2].x, words[3].x});
    put(1, {words[0].y, words[1].y, words[2].y, words[3].y});
    put(2, {words[0].z, words[1].z, words[2].z, words[3].z});
    put(3, {words[0].w, words[1].w, words[2].w, words[3].w});
  }

 private:
  // Of a unit's values.
  DEVICE static int eight() { return lane_index() / 8; }
  DEVICE static int token(int i) { return (i * warps + warp_index()) * 8 + lane_index() % 8; }

  size_t from_[count];
};

template <int tokens>
DEVICE void copy_first(const GemmArguments& a, const Copies<tokens>& copies,
                       const View<uint16_t>& x) {
#pragma unroll
  for (int i = 0; i < Copies<tokens>::count; ++i) {
    Words4 words[4];
    copies.load(a, 0, i, words);
    copies.store(x, i, words);
  }
}

// The products of a part, whose x is described by `x` and the next matrix.
template <int tokens>
DEVICE void multiply_part(uint64_t x, uint32_t (&fragments)[2][4], float (&sums)[tokens / 2]) {
  settle(fragments[0]), settle(fragments[1]);
  fence_group_registers();
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    multiply_group_tiles<tokens>(sums, fragments[i], x + i * described(2 * tokens * 16));
  }
  commit_group_products();
}

// Through shared memory, so that neighbouring threads store neighbouring rows.
template <int tokens>
DEVICE void store_tile(const GemmArguments& a, const Tile& tile, float raised,
                       const float (&sums)[tokens / 2]) {
  size_t used = 0;
  const int group = thread_index() / 128;
  const View<float> all = shared<float>(size_t(groups) * tokens * staged_pitch, used);
  const View<float> staged = all.from(size_t(group) * tokens * staged_pitch);
  const int warp = warp_index() % 4, lane = lane_index();
#pragma unroll
  for (int i = 0; i < tokens / 2; i += 4) {
#pragma unroll
    for (int next = 0; next < 2; ++next) {
      const size_t at = size_t(i * 2 + lane % 4 * 2 + next) * staged_pitch;
      const float first = sums[i + next] / raised, second = sums[i + 2 + next] / raised;
      if (a.pairs) {
        const int row = warp * 8 + lane / 4;
        staged[at + row] = activated_pair(a, tile, tile.first_row + row, first, second);
      } else {
        staged[at + warp * warp_rows + lane / 4] = first;
        staged[at + warp * warp_rows + 8 + lane / 4] = second;
      }
    }
  }
  block_barrier();
  const int rows = rows_of_group(a), shift = exponent_of(rows / 4);
  const bool fours = stores_fours(a, tile);
#pragma unroll 1
  for (int i = thread_index() % 128; i < tile.count * (rows / 4); i += 128) {
    const int token = i >> shift, row = (i & (rows / 4 - 1)) * 4;
    const size_t at = size_t(token) * staged_pitch + row;
    if (fours && tile.first_row + row + 4 <= tile.rows) {
      store_four(a, tile, token, tile.first_row + row, load_float4(staged, at));
      continue;
    }
    for (int r = 0; r < 4; ++r)
      store_value(a, tile, token, tile.first_row + row + r, staged[at + r]);
  }
}

template <typename Unit, int tokens>
DEVICE void make_tile(const GemmArguments& a, const Tile& tile, const LaneRows& rows,
                      Unit (&next)[2]) {
  constexpr size_t of_step = size_t(tokens) * step;
  size_t used = 0;
  const View<uint16_t> x = shared<uint16_t>(buffers * of_step, used);
  // Pieces of the next eight k are behind those of all tokens.
  const uint64_t described_x = describe_tiles(x.data, tokens * 16, 128);
  const Copies<tokens> copies(a, tile);
  constexpr int copy_count = Copies<tokens>::count;
  static_assert(2 * copy_count <= parts);
  copy_first(a, copies, x);
  publish_to_tensor_cores();
  block_barrier();
  const int steps = (a.weights.all.units + step_units - 1) / step_units;
  float sums[tokens / 2] = {};
  uint32_t fragments[2][2][4];
  Unit units[2] = {next[0], next[1]};
  fetch(rows, 1, next);
  prepare(rows, 0, units);
  unpack(rows, units, 0, fragments[0]);
#pragma unroll 1
  for (int at_step = 0; at_step < steps; ++at_step) {
    const uint64_t here = described_x + at_step % 2 * described(of_step * 2);
    const View<uint16_t> there = x.from((at_step + 1) % 2 * of_step);
    // Loads are under way for two parts or more before they are stored.
    Words4 held[copy_count][4];
#pragma unroll
    for (int part = 0; part < parts; ++part) {
      multiply_part<tokens>(here + part * described(of_step * 2 / parts), fragments[part % 2],
                            sums);
      if (part < copy_count) copies.load(a, at_step + 1, part, held[part]);
      if (part == parts - 1) {
        units[0] = next[0], units[1] = next[1];
        fetch(rows, at_step + 2, next);
        prepare(rows, at_step + 1, units);
      }
      unpack(rows, units, (part + 1) % parts, fragments[(part + 1) % 2]);
      const int stored = part - (parts - copy_count);
      if (stored >= 0) copies.store(there, stored, held[stored]);
      wait_for_group_products<0>();
    }
    publish_to_tensor_cores();
    block_barrier();
  }
  settle(sums);
  store_tile<tokens>(a, tile, Unit::raised, sums);
}

// Tiles of at most `most` tokens.
template <typename Unit, int most>
KERNEL_CROWDED(threads, most <= wide_tile ? Unit::group_blocks : 1)
gemm_groups_kernel(PARAMETER(GemmArguments) a) {
  if constexpr (has_group_products) {
    // Weights are there before the activations.
    if (!a.tiles.empty()) wait_for_previous_kernel();
    const int group = block_x() * groups + thread_index() / 128;
    const Tile tile = find_tile(a, most, group * rows_of_group(a));
    const LaneRows rows = find_rows(a, tile);
    Unit next[2];
    fetch(rows, 0, next);
    if (a.tiles.empty()) wait_for_previous_kernel();
    if (tile.count <= 0) return;
    if (most > wide_tile && tile.count > wide_tile) {
      make_tile<Unit, most>(a, tile, rows, next);
    } else {
      make_tile<Unit, wide_tile>(a, tile, rows, next);
    }
  }
}

template <int most>
struct Kernels {
  template <typename Unit>
  static GemmKernel of() {
    if constexpr (std::is_same_v<Unit, AnyUnit>) {
      return nullptr;
    } else {
      return gemm_groups_kernel<Unit, most>;
    }
  }
};

int tile_tokens_of(const GemmArguments& a) {
  if (!a.tiles.empty()) return a.tile_tokens;
  return a.tokens <= wide_tile ? wide_tile : group_tile;
}

GridExtent grid_of(const GemmArguments& a) {
  const int rows = a.weights.rows / a.heads, rows_of_block = groups * rows_of_group(a);
  const int tokens = tile_tokens_of(a);
  const int tiles = a.tiles.empty() ? (a.tokens + tokens - 1) / tokens : a.most_tiles;
  return {(rows + rows_of_block - 1) / rows_of_block, tiles, a.heads};
}

struct ProbeArguments {
  View<int32_t> answer;
};
KERNEL(32) probe_kernel(PARAMETER(ProbeArguments) a) {
  wait_for_previous_kernel();
  if (thread_index() == 0) a.answer[0] = has_group_products ? 1 : 0;
}

}  // namespace

base::Result<bool> has_warp_groups(Stream& stream) {
  auto answer = Buffer<int32_t>::allocate(1, "a question to the device");
  if (!answer.ok()) return answer.error();
  auto host = Buffer<int32_t>::allocate(1, "a question to the device", Where::host);
  if (!host.ok()) return host.error();
  launch(stream, {{1}, 32}, probe_kernel, {answer->view()});
  stream.copy(host->data(), answer->data(), sizeof(int32_t));
  if (auto status = stream.finish(); !status.ok()) return status.error();
  return host->data()[0] != 0;
}

int group_blocks(const GemmArguments& a) {
  const GridExtent grid = grid_of(a);
  return needs_any_unit(a) ? 0 : grid.x * grid.y * grid.z;
}

void gemm_by_groups(Stream& stream, const GemmArguments& a) {
  const int tokens = tile_tokens_of(a);
  INVARIANT(!needs_any_unit(a) && (tokens == wide_tile || tokens == group_tile));
  launch(stream, {grid_of(a), threads, shared_bytes_for(tokens)},
         tokens == wide_tile ? kernel_of<Kernels<wide_tile>>(a) : kernel_of<Kernels<group_tile>>(a),
         a);
}

}  // namespace engine::backend::cuda
