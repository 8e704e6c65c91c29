// What the lanes of a warp do together; the emulated twins are in
// tests/support/cuda_emulation/warp.h and tiles.h. Included by dialect_nvcc.h alone.
#pragma once

namespace engine::backend::cuda {

DEVICE void warp_barrier() { __syncwarp(); }

template <int count>
DEVICE void warp_sum(float (&values)[count], int width) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) {
    if (step >= width) continue;
#pragma unroll
    for (int i = 0; i < count; ++i) values[i] += __shfl_xor_sync(all_lanes, values[i], step);
  }
}

// The same for a width that is known when it runs alone: a shuffle too many costs less than a
// branch.
template <int count>
DEVICE void lanes_sum(float (&values)[count], int width) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) {
#pragma unroll
    for (int i = 0; i < count; ++i) {
      const float other = __shfl_xor_sync(all_lanes, values[i], step);
      values[i] = step < width ? values[i] + other : values[i];
    }
  }
}

DEVICE float warp_max(float value) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) {
    value = fmaxf(value, __shfl_xor_sync(all_lanes, value, step));
  }
  return value;
}

// Of four neighbouring lanes.
DEVICE uint32_t quad_max(uint32_t value) {
  value = umax(value, __shfl_xor_sync(all_lanes, value, 1));
  return umax(value, __shfl_xor_sync(all_lanes, value, 2));
}

struct Best {
  float score;
  int index;
};
DEVICE Best warp_best(Best mine) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) {
    const Best other{__shfl_xor_sync(all_lanes, mine.score, step),
                     __shfl_xor_sync(all_lanes, mine.index, step)};
    const bool wins =
        other.score > mine.score || (other.score == mine.score && other.index < mine.index);
    if (wins) mine = other;
  }
  return mine;
}

DEVICE uint32_t warp_ballot(bool vote) { return __ballot_sync(all_lanes, vote); }

}  // namespace engine::backend::cuda
