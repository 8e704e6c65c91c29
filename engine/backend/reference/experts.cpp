#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {
namespace {

struct Visit {
  size_t token;
  float weight;
};

struct Expert {
  model::FeedForward matrices;
  ExpertBiases biases;
};

Expert expert_at(const model::ExpertWeights& weights, size_t index) {
  const auto bias = [&](const Vector& all, int64_t size) {
    return all.empty() ? std::span<const float>() : std::span(all).subspan(index * size, size);
  };
  const auto at = static_cast<int64_t>(index);
  const model::FeedForward matrices{weights.gate.at(at), weights.up.at(at), weights.down.at(at)};
  return {matrices,
          {bias(weights.gate_bias, matrices.gate.rows), bias(weights.up_bias, matrices.up.rows),
           bias(weights.down_bias, matrices.down.rows)}};
}

// y[token] += weight · expert(x[token]) for each visit.
void add_expert(const Expert& expert, model::Activation activation, std::span<const Visit> visits,
                size_t hidden, std::span<const float> x, std::span<float> y) {
  Vector input, output(visits.size() * hidden);
  for (const Visit& visit : visits) {
    const auto row = x.subspan(visit.token * hidden, hidden);
    input.insert(input.end(), row.begin(), row.end());
  }
  feed_forward(expert.matrices, activation, expert.biases, input, output);
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
    add_expert(expert_at(weights, expert), config.activation, visits[expert],
               weights.router.columns, x, y);
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
    for (size_t i = 0; i < weights.router_bias.size(); ++i) row[i] += weights.router_bias[i];
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
