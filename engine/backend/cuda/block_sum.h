#pragma once

#include "engine/backend/cuda/view.h"

namespace engine::backend::cuda {

// The sum of the values of a block's threads, in each of them; once in a kernel, at the start of
// its shared memory.
template <int threads>
DEVICE float block_sum(float value) {
  constexpr int warps = threads / 32;
  size_t used = 0;
  const View<float> of_warps = shared<float>(warps, used);
  float sum[1] = {value};
  warp_sum(sum, 32);
  if (lane_index() == 0) of_warps[warp_index()] = sum[0];
  block_barrier();
  float total = 0;
  for (int warp = 0; warp < warps; ++warp) total += of_warps[warp];
  return total;
}

}  // namespace engine::backend::cuda
