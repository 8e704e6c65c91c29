// The choice of a token's experts by one warp: the greatest score is taken out as often as experts
// are used. With 6 or 8 of 64 to 256 that is shorter than any sort. Loops are not unrolled: one
// warp waits longer for instructions than for what they do.
#pragma once

#include "engine/backend/cuda/gate_groups.h"

namespace engine::backend::cuda {

// In shared memory; experts ascend.
struct Choice {
  View<int32_t> chosen;  // [used]
  View<float> weights;   // [used]
};

DEVICE void find_probabilities(const GateArguments& a, int token, View<float> probabilities) {
  const View<const float> logits = a.logits.from(size_t(token) * a.experts);
  float most = excluded;
#pragma unroll 1
  for (int e = lane_index(); e < a.experts; e += 32) most = logits[e] > most ? logits[e] : most;
  most = warp_max(most);
  float sum[1] = {0};
#pragma unroll 1
  for (int e = lane_index(); e < a.experts; e += 32) {
    const float value =
        a.sigmoid ? 1.0f / (1.0f + exponential(-logits[e])) : exponential(logits[e] - most);
    probabilities[e] = value;
    sum[0] += value;
  }
  if (a.sigmoid) return;
  warp_sum(sum, 32);
#pragma unroll 1
  for (int e = lane_index(); e < a.experts; e += 32) probabilities[e] /= sum[0];
}

// Puts the chosen into ascending order and weights them. Sums go along that order in every lane.
DEVICE void order_choice(const GateArguments& a, View<const float> probabilities,
                         View<const int32_t> order, const Choice& choice) {
#pragma unroll 1
  for (int i = lane_index(); i < a.used; i += 32) {
    int place = 0;
#pragma unroll 1
    for (int j = 0; j < a.used; ++j) place += order[j] < order[i];
    choice.chosen[place] = order[i];
  }
  warp_barrier();
  float sum = 0;
#pragma unroll 1
  for (int i = 0; i < a.used; ++i) sum += probabilities[choice.chosen[i]];
  const float scale = a.normalise ? a.scale / (sum + 1e-20f) : a.scale;
#pragma unroll 1
  for (int i = lane_index(); i < a.used; i += 32) {
    choice.weights[i] = probabilities[choice.chosen[i]] * scale;
  }
  warp_barrier();
}

// Without groups, of few experts: a lane keeps its scores in registers.
inline constexpr int few_experts = 64;
DEVICE void take_used(const GateArguments& a, View<const float> probabilities,
                      View<int32_t> order) {
  constexpr int each = few_experts / 32;
  float scores[each];
#pragma unroll
  for (int i = 0; i < each; ++i) {
    const int e = i * 32 + lane_index();
    const float score = e < a.experts ? probabilities[e] + a.bias[e] : 2 * excluded;
    scores[i] = score == score ? score : 0;  // what is no number chooses, too, and weighs as none
  }
#pragma unroll 1
  for (int taken = 0; taken < a.used; ++taken) {
    Best mine{2 * excluded, lane_index()};
#pragma unroll
    for (int i = 0; i < each; ++i) {
      if (scores[i] > mine.score) mine = {scores[i], i * 32 + lane_index()};
    }
    const Best best = warp_best(mine);
    if (lane_index() == 0) order[taken] = best.index;
#pragma unroll
    for (int i = 0; i < each; ++i) {
      if (i * 32 + lane_index() == best.index) scores[i] = 2 * excluded;
    }
  }
  warp_barrier();
}

// By one warp of a block, with shared memory behind `used` bytes.
DEVICE void choose_experts_of(const GateArguments& a, int token, size_t used) {
  const Choice choice{shared<int32_t>(a.used, used), shared<float>(a.used, used)};
  const View<float> probabilities = shared<float>(a.experts, used);
  const View<int32_t> order = shared<int32_t>(a.used, used);
  find_probabilities(a, token, probabilities);
  warp_barrier();
  if (a.groups == 1 && a.experts <= few_experts) {
    take_used(a, probabilities, order);
  } else {
    take_used_of_groups(a, probabilities, order, used);
  }
  order_choice(a, probabilities, order, choice);
#pragma unroll 1
  for (int i = lane_index(); i < a.used; i += 32) {
    const size_t at = size_t(token) * a.used + i;
    a.chosen[at] = choice.chosen[i];
    a.weights[at] = choice.weights[i];
  }
}

}  // namespace engine::backend::cuda
