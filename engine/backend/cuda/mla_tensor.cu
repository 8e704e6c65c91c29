#include <algorithm>

#include "engine/backend/cuda/mla_phase.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

template <int row_tiles, int column_tiles>
KERNEL(mla_threads)
mla_tensor_kernel(PARAMETER(MlaTensorArguments) a) {
  wait_for_previous_kernel();
  attend_rows<row_tiles, column_tiles>(a, {block_x(), block_y(), block_z()}, 0);
}

using Kernel = void (*)(MlaTensorArguments);

template <int row_tiles>
Kernel kernel_for(int lora) {
  if (lora == 512) return mla_tensor_kernel<row_tiles, 8>;
  if (lora == 256) return mla_tensor_kernel<row_tiles, 4>;
  return lora == 128 ? Kernel{mla_tensor_kernel<row_tiles, 2>} : nullptr;
}

}  // namespace

size_t mla_shared_bytes(int rows, int width) {
  return size_t(rows + tile_positions) * pitch_of(width) * 2 + size_t(rows) * weight_pitch * 2 +
         size_t(rows) * (score_pitch + 3) * 4 + 64;
}

int mla_tile_rows(int lora, int rope, size_t shared, bool large) {
  if (kernel_for<1>(lora) == nullptr || rope % 8 != 0) return 0;
  if (large && mla_shared_bytes(64, lora + rope) <= shared) return 64;
  return mla_shared_bytes(16, lora + rope) <= shared ? 16 : 0;
}

void attend_on_tensor_cores(Stream& stream, const MlaTensorArguments& a, int tile_rows) {
  const AttentionArguments& c = a.common;
  INVARIANT(tile_rows == 16 || tile_rows == 64);
  const size_t bytes = mla_shared_bytes(tile_rows, c.keys.width);
  const Kernel kernel =
      tile_rows == 64 ? kernel_for<4>(c.values.width) : kernel_for<1>(c.values.width);
  const GridExtent grid = a.tiles.empty()
                              ? GridExtent{c.splits, (c.heads + 15) / 16, c.tokens.count}
                              : GridExtent{a.tile_count};
  launch(stream, {grid, mla_threads, bytes}, kernel, a);
}

}  // namespace engine::backend::cuda
