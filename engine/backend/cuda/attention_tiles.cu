#include "engine/backend/cuda/attention_tiles.h"

#include <algorithm>

#include "engine/backend/cuda/merge_phase.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;

// One block a row. Splits that begin behind the row's own position had nothing to say.
KERNEL(threads) merge_tiles_kernel(PARAMETER(TiledAttention) a) {
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

}  // namespace

PositionSplits split_positions(int tiles, int tokens, int heads, int positions) {
  // What partial results have room for (step.cu), and about a block for each processor.
  const int most = std::min(16 * most_splits(heads) / tokens, 128 / std::max(1, tiles));
  const int steps = (positions + tile_positions - 1) / tile_positions;
  if (most <= 1 || steps <= 1) return {};
  const int steps_each = (steps + most - 1) / most;
  return {(steps + steps_each - 1) / steps_each, steps_each * tile_positions};
}

void merge_tiles(Stream& stream, const TiledAttention& a) {
  launch(stream, {{a.common.tokens.count * a.common.heads}, threads, merge_bytes(threads / 32)},
         merge_tiles_kernel, a);
}

}  // namespace engine::backend::cuda
