// What the lanes of a warp do together, in the emulation: reductions and barriers.
#pragma once

#include <algorithm>

#include "cuda_emulation/fibers.h"

namespace engine::backend::cuda {

// Each value becomes its sum over `width` neighbouring lanes, a power of two; the order of the
// additions does not depend on the lane.
template <int count>
void warp_sum(float (&values)[count], int width) {
  using Values = float[count];
  const auto combine = [](void* const* lanes, const void* parameter) {
    for (int step = *static_cast<const int*>(parameter) / 2; step > 0; step /= 2) {
      for (int lane = 0; lane < 32; ++lane) {
        if (lane & step) continue;
        Values& a = *static_cast<Values*>(lanes[lane]);
        Values& b = *static_cast<Values*>(lanes[lane ^ step]);
        for (int i = 0; i < count; ++i) a[i] = b[i] = a[i] + b[i];
      }
    }
  };
  cuda_emulation::warp_operation("warp_sum", &values, combine, &width);
}

template <int count>
void lanes_sum(float (&values)[count], int width) {
  warp_sum(values, width);
}

// The greatest over all lanes.
inline float warp_max(float value) {
  const auto combine = [](void* const* lanes, const void*) {
    float most = *static_cast<float*>(lanes[0]);
    for (int lane = 1; lane < 32; ++lane) most = std::max(most, *static_cast<float*>(lanes[lane]));
    for (int lane = 0; lane < 32; ++lane) *static_cast<float*>(lanes[lane]) = most;
  };
  cuda_emulation::warp_operation("warp_max", &value, combine, nullptr);
  return value;
}

// The greatest of four neighbouring lanes.
inline uint32_t quad_max(uint32_t value) {
  const auto combine = [](void* const* lanes, const void*) {
    for (int lane = 0; lane < 32; lane += 4) {
      uint32_t most = *static_cast<uint32_t*>(lanes[lane]);
      for (int i = 1; i < 4; ++i) most = std::max(most, *static_cast<uint32_t*>(lanes[lane + i]));
      for (int i = 0; i < 4; ++i) *static_cast<uint32_t*>(lanes[lane + i]) = most;
    }
  };
  cuda_emulation::warp_operation("quad_max", &value, combine, nullptr);
  return value;
}

struct Best {
  float score;
  int index;
};
// The greatest score over all lanes; the lower index wins a tie.
inline Best warp_best(Best mine) {
  const auto combine = [](void* const* lanes, const void*) {
    Best best = *static_cast<Best*>(lanes[0]);
    for (int lane = 1; lane < 32; ++lane) {
      const Best& other = *static_cast<Best*>(lanes[lane]);
      const bool wins =
          other.score > best.score || (other.score == best.score && other.index < best.index);
      if (wins) best = other;
    }
    for (int lane = 0; lane < 32; ++lane) *static_cast<Best*>(lanes[lane]) = best;
  };
  cuda_emulation::warp_operation("warp_best", &mine, combine, nullptr);
  return mine;
}

inline void warp_barrier() {
  int nothing = 0;
  cuda_emulation::warp_operation(
      "warp_barrier", &nothing, [](void* const*, const void*) {}, nullptr);
}

}  // namespace engine::backend::cuda
