// One warp for each token: scores in shared memory, then the greatest of them is taken out as often
// as experts are used. With 6 or 8 of 64 to 256 that is shorter than any sort.
#include "engine/backend/cuda/operations.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 32;
constexpr float excluded = -3.0e38f;

DEVICE float lane_total(float value) {
  float values[1] = {value};
  warp_sum(values, 32);
  return values[0];
}

DEVICE void find_probabilities(const GateArguments& a, int token, View<float> probabilities) {
  const View<const float> logits = a.logits.from(size_t(token) * a.experts);
  float most = excluded;
  for (int e = lane_index(); e < a.experts; e += 32) most = logits[e] > most ? logits[e] : most;
  most = warp_max(most);
  float sum = 0;
  for (int e = lane_index(); e < a.experts; e += 32) {
    const float value =
        a.sigmoid ? 1.0f / (1.0f + exponential(-logits[e])) : exponential(logits[e] - most);
    probabilities[e] = value;
    sum += value;
  }
  if (a.sigmoid) return;
  sum = lane_total(sum);
  for (int e = lane_index(); e < a.experts; e += 32) probabilities[e] /= sum;
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
DEVICE void write_choice(const GateArguments& a, int token, View<const float> probabilities,
                         View<const int32_t> order, View<int32_t> sorted) {
  for (int i = lane_index(); i < a.used; i += 32) {
    int place = 0;
    for (int j = 0; j < a.used; ++j) place += order[j] < order[i];
    sorted[place] = order[i];
  }
  warp_barrier();
  float sum = 0;
  for (int i = 0; i < a.used; ++i) sum += probabilities[sorted[i]];
  const float scale = a.normalise ? a.scale / (sum + 1e-20f) : a.scale;
  for (int i = lane_index(); i < a.used; i += 32) {
    const size_t at = size_t(token) * a.used + i;
    a.chosen[at] = sorted[i];
    a.weights[at] = probabilities[sorted[i]] * scale;
  }
}

KERNEL(threads) moe_gate_kernel(PARAMETER(GateArguments) a) {
  wait_for_previous_kernel();
  size_t used = 0;
  const View<float> probabilities = shared<float>(a.experts, used);
  const View<float> scores = shared<float>(a.experts, used);
  const View<float> group_scores = shared<float>(a.groups, used);
  const View<int32_t> order = shared<int32_t>(a.used, used);
  const View<int32_t> sorted = shared<int32_t>(a.used, used);
  find_probabilities(a, block_x(), probabilities);
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
  write_choice(a, block_x(), probabilities, order, sorted);
}

}  // namespace

void moe_gate(Stream& stream, const GateArguments& arguments) {
  INVARIANT(arguments.experts <= max_experts && arguments.used <= arguments.experts);
  const size_t shared_bytes =
      (size_t(arguments.experts) * 2 + arguments.groups + size_t(arguments.used) * 2) *
          sizeof(float) +
      80;
  launch(stream, {{arguments.tokens}, threads, shared_bytes}, moe_gate_kernel, arguments);
}

}  // namespace engine::backend::cuda
