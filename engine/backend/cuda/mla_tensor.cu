#include <algorithm>

#include "engine/backend/cuda/merge_phase.h"
#include "engine/backend/cuda/mla_phase.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;  // of a merge

template <int row_tiles, int column_tiles, int warps>
KERNEL(warps * 32)
mla_tensor_kernel(PARAMETER(MlaTensorArguments) a) {
  wait_for_previous_kernel();
  attend_rows<row_tiles, column_tiles, warps>(a, {block_x(), block_y(), block_z()}, 0);
}

// One block a row. Splits that begin behind the row's own position had nothing to say.
KERNEL(threads) merge_tiles_kernel(PARAMETER(MlaTensorArguments) a) {
  wait_for_previous_kernel();
  const AttentionArguments& c = a.common;
  size_t used = size_t(warp_index()) * merge_bytes(1);
  const View<float> factors = shared<float>(max_splits, used);
  const int positions = c.tokens.positions[block_x() / c.heads] + 1;
  const int splits = (positions + a.chunk - 1) / a.chunk;
  for (int first = warp_index() * 32; first < c.values.width; first += threads) {
    const int i = first + lane_index();
    const float value = merged(c, block_x(), splits, i, factors);
    if (i >= c.values.width) continue;
    a.halves[size_t(block_x()) * c.values.width + i] = static_cast<uint16_t>(pack_halves(value, 0));
  }
}

using Kernel = void (*)(MlaTensorArguments);

struct Shape {
  Kernel kernel = nullptr;
  int warps = mla_few_warps;
};

Shape shape_for(int lora, bool large) {
  if (lora == 512) {
    return large ? Shape{mla_tensor_kernel<4, 4, mla_many_warps>, mla_many_warps}
                 : Shape{mla_tensor_kernel<1, 8, mla_few_warps>};
  }
  if (lora == 256) {
    return large ? Shape{mla_tensor_kernel<4, 2, mla_many_warps>, mla_many_warps}
                 : Shape{mla_tensor_kernel<1, 4, mla_few_warps>};
  }
  if (lora != 128) return {};
  return {large ? mla_tensor_kernel<4, 2, mla_few_warps> : mla_tensor_kernel<1, 2, mla_few_warps>};
}

}  // namespace

size_t mla_shared_bytes(int rows, int width) {
  return size_t(rows + tile_positions) * pitch_of(width) * 2 + size_t(rows) * weight_pitch * 2 +
         size_t(rows) * (score_pitch + 3) * 4 + 64;
}

int mla_tile_rows(int lora, int rope, size_t shared, bool large) {
  if (shape_for(lora, false).kernel == nullptr || rope % 8 != 0 || rope > 256) return 0;
  if (large && mla_shared_bytes(64, lora + rope) <= shared) return 64;
  return mla_shared_bytes(16, lora + rope) <= shared ? 16 : 0;
}

PositionSplits split_positions(int tiles, int tokens, int heads, int positions) {
  // What partial results have room for (step.cu), and about a block for each processor.
  const int most = std::min(16 * most_splits(heads) / tokens, 128 / std::max(1, tiles));
  const int steps = (positions + tile_positions - 1) / tile_positions;
  if (most <= 1 || steps <= 1) return {};
  const int steps_each = (steps + most - 1) / most;
  return {(steps + steps_each - 1) / steps_each, steps_each * tile_positions};
}

void attend_on_tensor_cores(Stream& stream, const MlaTensorArguments& a, int tile_rows) {
  const AttentionArguments& c = a.common;
  INVARIANT(tile_rows == 16 || tile_rows == 64);
  const size_t bytes = mla_shared_bytes(tile_rows, c.keys.width);
  const Shape shape = shape_for(c.values.width, tile_rows == 64);
  const GridExtent grid = a.tiles.empty()
                              ? GridExtent{c.splits, (c.heads + 15) / 16, c.tokens.count}
                              : GridExtent{a.tile_count, c.splits};
  launch(stream, {grid, shape.warps * 32, bytes}, shape.kernel, a);
  if (a.tiles.empty() || c.splits == 1) return;
  launch(stream, {{c.tokens.count * c.heads}, threads, merge_bytes(threads / 32)},
         merge_tiles_kernel, a);
}

}  // namespace engine::backend::cuda
