// The choice of experts that come in groups, or are many: scores in shared memory.
#pragma once

#include "engine/backend/cuda/operations.h"

namespace engine::backend::cuda {

inline constexpr float excluded = -3.0e38f;

// The greatest of scores[first …), which is then out of the race.
DEVICE Best take_best(View<float> scores, int first, int count) {
  Best mine{2 * excluded, first};
#pragma unroll 1
  for (int i = first + lane_index(); i < first + count; i += 32) {
    if (scores[i] > mine.score) mine = {scores[i], i};
  }
  const Best best = warp_best(mine);
  warp_barrier();
  if (lane_index() == 0) scores[best.index] = 2 * excluded;
  warp_barrier();
  return best;
}

DEVICE void exclude_groups(const GateArguments& a, View<float> scores, View<float> group_scores) {
  const int size = a.experts / a.groups;
#pragma unroll 1
  for (int group = 0; group < a.groups; ++group) {
    float total = 0;
    Best taken[2];
    const int count = a.two_best && size > 1 ? 2 : 1;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      if (i >= count) break;
      taken[i] = take_best(scores, group * size, size);
      total += taken[i].score;
    }
    if (lane_index() == 0) {
      group_scores[group] = total;
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        if (i < count) scores[taken[i].index] = taken[i].score;
      }
    }
    warp_barrier();
  }
#pragma unroll 1
  for (int i = 0; i < a.groups_used; ++i) take_best(group_scores, 0, a.groups);
#pragma unroll 1
  for (int e = lane_index(); e < a.experts; e += 32) {
    if (group_scores[e / size] > excluded) scores[e] = excluded;
  }
  warp_barrier();
}

// `used`: bytes of shared memory that are taken.
DEVICE void take_used_of_groups(const GateArguments& a, View<const float> probabilities,
                                View<int32_t> order, size_t used) {
  const View<float> scores = shared<float>(a.experts, used);
  const View<float> group_scores = shared<float>(a.groups, used);
#pragma unroll 1
  for (int e = lane_index(); e < a.experts; e += 32) {
    const float score = probabilities[e] + a.bias[e];
    scores[e] = score == score ? score : 0;
  }
  warp_barrier();
  if (a.groups > 1) exclude_groups(a, scores, group_scores);
#pragma unroll 1
  for (int i = 0; i < a.used; ++i) {
    const Best best = take_best(scores, 0, a.experts);
    if (lane_index() == 0) order[i] = best.index;
  }
  warp_barrier();
}

}  // namespace engine::backend::cuda
