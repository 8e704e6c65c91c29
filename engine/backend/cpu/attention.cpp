#include "engine/backend/cpu/attention.h"

#include <algorithm>

namespace engine::backend::cpu {

void to_weights(const FloatKernels& kernels, double scale, float* scores, int position,
                int positions) {
  kernels.softmax(scores, position + 1, static_cast<float>(scale));
  std::fill(scores + position + 1, scores + positions, 0.0f);
}

}  // namespace engine::backend::cpu
