#include "engine/backend/cuda/mla_phase.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

template <int row_tiles, int column_tiles, int warps>
KERNEL(warps * 32)
mla_tensor_kernel(PARAMETER(TiledAttention) a) {
  wait_for_previous_kernel();
  attend_rows<row_tiles, column_tiles, warps>(a, {block_x(), block_y(), block_z()}, 0);
}

using Kernel = void (*)(TiledAttention);

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

void attend_on_tensor_cores(Stream& stream, const TiledAttention& a, int tile_rows) {
  const AttentionArguments& c = a.common;
  INVARIANT(tile_rows == 16 || tile_rows == 64);
  const size_t bytes = mla_shared_bytes(tile_rows, c.keys.width);
  const Shape shape = shape_for(c.values.width, tile_rows == 64);
  const GridExtent grid = a.tiles.empty()
                              ? GridExtent{c.splits, (c.heads + 15) / 16, c.tokens.count}
                              : GridExtent{a.tile_count, c.splits};
  launch(stream, {grid, shape.warps * 32, bytes}, shape.kernel, a);
  if (a.tiles.empty() || c.splits == 1) return;
  merge_tiles(stream, a);
}

}  // namespace engine::backend::cuda
