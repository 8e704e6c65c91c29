// How the products of large batches go (gemm.h): by the instructions of a warp, mma, or by those of
// a warp group, wgmma, which Hopper alone has. Measured when a model is loaded, unless
// LEMMA_CUDA_PRODUCTS=mma|wgmma decides.
#pragma once

#include <functional>
#include <vector>

#include "engine/backend/cuda/runtime.h"

namespace engine::backend::cuda {

struct ProductsChoice {
  int least_group_blocks = 0;  // as in LargeRows
  const char* name = nullptr;  // what was chosen, for people; null: there is no choice
};

// A batch of `tokens` as products then go: its milliseconds, and the logits of its last rows.
struct TimedBatch {
  double milliseconds = 0;
  std::vector<float> logits;  // [compared_rows][vocab_size]
};
using TimeBatch = std::function<base::Result<TimedBatch>(int tokens, int least_group_blocks)>;
inline constexpr int compared_rows = 16;

// The faster of both, where their results agree as far as half precision does; mma where nothing
// is to be timed. Errors: the device's; LEMMA_CUDA_PRODUCTS is something else, or wgmma where there
// is none.
base::Result<ProductsChoice> choose_products(const DeviceInfo& device, Stream& stream,
                                             int most_tokens, const TimeBatch& time_batch);

}  // namespace engine::backend::cuda
