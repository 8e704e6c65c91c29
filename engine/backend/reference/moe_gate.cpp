// DeepSeek-V2 (arXiv:2405.04434, section 2.2) and V3 (arXiv:2412.19437, section 2.1.2). The bias
// and the groups decide which experts run; how much each counts comes from the probabilities alone.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {
namespace {

constexpr float excluded = -std::numeric_limits<float>::infinity();

Vector probabilities(model::Gate gate, std::span<const float> logits) {
  Vector result(logits.begin(), logits.end());
  if (gate == model::Gate::sigmoid) {
    for (float& value : result) value = static_cast<float>(1 / (1 + std::exp(-double{value})));
    return result;
  }
  const double most = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - most);
  for (float& value : result) value = static_cast<float>(std::exp(value - most) / sum);
  return result;
}

// The indices of the `count` greatest scores; the lower index wins a tie.
std::vector<int> greatest(std::span<const float> scores, int count) {
  std::vector<int> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return scores[a] > scores[b]; });
  order.resize(count);
  return order;
}

float group_score(model::GroupScore kind, std::span<const float> scores) {
  const float best = *std::max_element(scores.begin(), scores.end());
  if (kind == model::GroupScore::best || scores.size() == 1) return best;
  float two_best = 0;
  for (const int index : greatest(scores, 2)) two_best += scores[index];
  return two_best;
}

void exclude_groups(const model::Experts& experts, std::span<float> scores) {
  const size_t size = scores.size() / experts.groups;
  Vector group_scores;
  for (int group = 0; group < experts.groups; ++group) {
    group_scores.push_back(group_score(experts.group_score, scores.subspan(group * size, size)));
  }
  const auto kept = greatest(group_scores, experts.groups_used);
  for (int group = 0; group < experts.groups; ++group) {
    if (std::find(kept.begin(), kept.end(), group) != kept.end()) continue;
    std::fill_n(scores.begin() + group * size, size, excluded);
  }
}

}  // namespace

std::vector<Choice> moe_gate(const model::Experts& experts, std::span<const float> logits,
                             std::span<const float> selection_bias) {
  const Vector probability = probabilities(experts.gate, logits);
  Vector scores = probability;
  for (size_t i = 0; i < scores.size(); ++i) scores[i] += selection_bias[i];
  if (experts.groups > 1) exclude_groups(experts, scores);

  auto chosen = greatest(scores, experts.used);
  std::sort(chosen.begin(), chosen.end());
  double sum = 0;
  for (const int expert : chosen) sum += probability[expert];
  const double scale = experts.weight_scale / (experts.normalise_weights ? sum + 1e-20 : 1);
  std::vector<Choice> choices;
  for (const int expert : chosen) {
    choices.push_back({expert, static_cast<float>(probability[expert] * scale)});
  }
  return choices;
}

}  // namespace engine::backend::reference
