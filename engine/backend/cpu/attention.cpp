#include "engine/backend/cpu/attention.h"

#include <algorithm>

namespace engine::backend::cpu {

void to_weights(const FloatKernels& kernels, double scale, float* scores, int position,
                int positions) {
  kernels.softmax(scores, position + 1, static_cast<float>(scale));
  std::fill(scores + position + 1, scores + positions, 0.0f);
}

Share weigh(const FloatKernels& kernels, double scale, float* scores, int first, int end,
            int width) {
  first = std::clamp(first, 0, width);
  end = std::clamp(end, first, width);
  std::fill(scores, scores + first, 0.0f);
  std::fill(scores + end, scores + width, 0.0f);
  if (first == end) return {0, 0};
  const Softmax softmax = kernels.softmax(scores + first, end - first, static_cast<float>(scale));
  return {softmax.greatest * static_cast<float>(scale), softmax.sum};
}

}  // namespace engine::backend::cpu
