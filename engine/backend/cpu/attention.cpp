#include "engine/backend/cpu/attention.h"

#include <algorithm>

namespace engine::backend::cpu {

void to_weights(const FloatKernels& kernels, double scale, float* scores, int position,
                int positions) {
  kernels.softmax(scores, position + 1, static_cast<float>(scale));
  std::fill(scores + position + 1, scores + positions, 0.0f);
}

Share weigh(const FloatKernels& kernels, double scale, float* scores, int valid, int width) {
  Share share{0, 0};
  if (valid > 0) {
    const Softmax softmax = kernels.softmax(scores, valid, static_cast<float>(scale));
    share = {softmax.greatest * static_cast<float>(scale), softmax.sum};
  }
  std::fill(scores + std::max(valid, 0), scores + width, 0.0f);
  return share;
}

}  // namespace engine::backend::cpu
