#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {
namespace {

struct Visit {
  size_t token;
  float weight;
};

// y[token] += weight · expert(x[token]) for each visit.
void add_expert(const model::FeedForward& expert, std::span<const Visit> visits, size_t hidden,
                std::span<const float> x, std::span<float> y) {
  Vector input, output(visits.size() * hidden);
  for (const Visit& visit : visits) {
    const auto row = x.subspan(visit.token * hidden, hidden);
    input.insert(input.end(), row.begin(), row.end());
  }
  feed_forward(expert, input, output);
  for (size_t i = 0; i < visits.size(); ++i) {
    for (size_t c = 0; c < hidden; ++c) {
      y[visits[i].token * hidden + c] += visits[i].weight * output[i * hidden + c];
    }
  }
}

}  // namespace

// Experts take their turns in ascending order, each with all tokens that chose it: a token's sum
// is then formed in the same order whatever the batch.
void routed_experts(const model::Experts& config, const model::ExpertWeights& weights,
                    std::span<const Choice> choices, std::span<const float> x, std::span<float> y) {
  std::vector<std::vector<Visit>> visits(config.count);
  for (size_t i = 0; i < choices.size(); ++i) {
    const auto [expert, weight] = choices[i];
    if (expert >= 0) visits[expert].push_back({i / config.used, weight});
  }
  for (int expert = 0; expert < config.count; ++expert) {
    if (visits[expert].empty()) continue;
    const model::FeedForward matrices{weights.gate.at(expert), weights.up.at(expert),
                                      weights.down.at(expert)};
    add_expert(matrices, visits[expert], weights.router.columns, x, y);
  }
}

std::vector<Choice> experts(const model::Experts& config, const model::ExpertWeights& weights,
                            std::span<const float> x, std::span<float> y) {
  const size_t hidden = weights.router.columns, tokens = x.size() / hidden;
  Vector logits(tokens * config.count);
  matmul(weights.router, x, logits);
  std::vector<Choice> choices;
  for (size_t token = 0; token < tokens; ++token) {
    const auto row = std::span(logits).subspan(token * config.count, config.count);
    const auto chosen = moe_gate(config, row, weights.selection_bias);
    choices.insert(choices.end(), chosen.begin(), chosen.end());
  }
  std::fill(y.begin(), y.end(), 0.0f);
  routed_experts(config, weights, choices, x, y);
  if (config.shared > 0) {
    Vector shared(y.size());
    feed_forward(weights.shared, x, shared);
    for (size_t i = 0; i < y.size(); ++i) y[i] += shared[i];
  }
  return choices;
}

}  // namespace engine::backend::reference
