// The choice of a token's experts by one warp: scores in shared memory, then the greatest of them is
// taken out as often as experts are used. With 6 or 8 of 64 to 256 that is shorter than any sort.
#pragma once

#include "engine/backend/cuda/operations.h"

namespace engine::backend::cuda {

// In shared memory; experts ascend.
struct Choice {
  View<int32_t> chosen;  // [used]
  View<float> weights;   // [used]
};

inline constexpr float excluded = -3.0e38f;

DEVICE void find_probabilities(const GateArguments& a, int token, View<float> probabilities) {
  const View<const float> logits = a.logits.from(size_t(token) * a.experts);
  float most = excluded;
  for (int e = lane_index(); e < a.experts; e += 32) most = logits[e] > most ? logits[e] : most;
  most = warp_max(most);
  float sum[1] = {0};
  for (int e = lane_index(); e < a.experts; e += 32) {
    const float value =
        a.sigmoid ? 1.0f / (1.0f + exponential(-logits[e])) : exponential(logits[e] - most);
    probabilities[e] = value;
    sum[0] += value;
  }
  if (a.sigmoid) return;
  warp_sum(sum, 32);
  for (int e = lane_index(); e < a.experts; e += 32) probabilities[e] /= sum[0];
}

// The greatest of scores[first …), which is then out of the race.
DEVICE Best take_best(View<float> scores, int first, int count) {
  Best mine{2 * excluded, first};
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
  for (int group = 0; group < a.groups; ++group) {
    float total = 0;
    Best taken[2];
    const int count = a.two_best && size > 1 ? 2 : 1;
    for (int i = 0; i < count; ++i) {
      taken[i] = take_best(scores, group * size, size);
      total += taken[i].score;
    }
    if (lane_index() == 0) {
      group_scores[group] = total;
      for (int i = 0; i < count; ++i) scores[taken[i].index] = taken[i].score;
    }
    warp_barrier();
  }
  for (int i = 0; i < a.groups_used; ++i) take_best(group_scores, 0, a.groups);
  for (int e = lane_index(); e < a.experts; e += 32) {
    if (group_scores[e / size] > excluded) scores[e] = excluded;
  }
  warp_barrier();
}

// Puts the chosen into ascending order and weights them. Sums go along that order in every lane.
DEVICE void order_choice(const GateArguments& a, View<const float> probabilities,
                         View<const int32_t> order, const Choice& choice) {
  for (int i = lane_index(); i < a.used; i += 32) {
    int place = 0;
    for (int j = 0; j < a.used; ++j) place += order[j] < order[i];
    choice.chosen[place] = order[i];
  }
  warp_barrier();
  float sum = 0;
  for (int i = 0; i < a.used; ++i) sum += probabilities[choice.chosen[i]];
  const float scale = a.normalise ? a.scale / (sum + 1e-20f) : a.scale;
  for (int i = lane_index(); i < a.used; i += 32) {
    choice.weights[i] = probabilities[choice.chosen[i]] * scale;
  }
  warp_barrier();
}

// By warp 0, where it is called by a whole block; the others only learn where the choice will be.
DEVICE Choice pick_experts(const GateArguments& a, int token, size_t& used) {
  const Choice choice{shared<int32_t>(a.used, used), shared<float>(a.used, used)};
  const View<float> probabilities = shared<float>(a.experts, used);
  const View<float> scores = shared<float>(a.experts, used);
  const View<float> group_scores = shared<float>(a.groups, used);
  const View<int32_t> order = shared<int32_t>(a.used, used);
  if (warp_index() != 0) return choice;
  find_probabilities(a, token, probabilities);
  for (int e = lane_index(); e < a.experts; e += 32) {
    const float score = probabilities[e] + a.bias[e];
    scores[e] = score == score ? score : 0;  // what is no number chooses, too, and weighs as none
  }
  warp_barrier();
  if (a.groups > 1) exclude_groups(a, scores, group_scores);
  for (int i = 0; i < a.used; ++i) {
    const Best best = take_best(scores, 0, a.experts);
    if (lane_index() == 0) order[i] = best.index;
  }
  warp_barrier();
  order_choice(a, probabilities, order, choice);
  return choice;
}

// By warp 0.
DEVICE void store_choice(const GateArguments& a, int token, const Choice& choice) {
  if (warp_index() != 0) return;
  for (int i = lane_index(); i < a.used; i += 32) {
    const size_t at = size_t(token) * a.used + i;
    a.chosen[at] = choice.chosen[i];
    a.weights[at] = choice.weights[i];
  }
}

}  // namespace engine::backend::cuda
