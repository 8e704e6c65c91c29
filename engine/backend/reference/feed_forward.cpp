#include <algorithm>
#include <cmath>

#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {
namespace {

double swiglu(double gate, double up) { return gate / (1 + std::exp(-gate)) * up; }

// As gpt-oss is trained.
double clamped_swiglu(double gate, double up) {
  const double held = std::min(gate, 7.0);
  return held / (1 + std::exp(-1.702 * held)) * (std::clamp(up, -7.0, 7.0) + 1);
}

// Of each row.
void add_bias(std::span<const float> bias, std::span<float> rows) {
  for (size_t i = 0; i < rows.size() && !bias.empty(); ++i) rows[i] += bias[i % bias.size()];
}

}  // namespace

void activate(model::Activation activation, std::span<float> gate, std::span<const float> up) {
  const auto function = activation == model::Activation::swiglu ? swiglu : clamped_swiglu;
  for (size_t i = 0; i < gate.size(); ++i) gate[i] = static_cast<float>(function(gate[i], up[i]));
}

void feed_forward(const model::FeedForward& weights, model::Activation activation,
                  const ExpertBiases& biases, std::span<const float> x, std::span<float> y) {
  const size_t tokens = x.size() / weights.gate.columns;
  Vector gate(tokens * weights.gate.rows), up(gate.size());
  matmul(weights.gate, x, gate);
  add_bias(biases.gate, gate);
  matmul(weights.up, x, up);
  add_bias(biases.up, up);
  activate(activation, gate, up);
  matmul(weights.down, gate, y);
  add_bias(biases.down, y);
}

void feed_forward(const model::FeedForward& weights, std::span<const float> x, std::span<float> y) {
  feed_forward(weights, model::Activation::swiglu, {}, x, y);
}

}  // namespace engine::backend::reference
