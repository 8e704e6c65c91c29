#include <cmath>

#include "engine/backend/reference/operations.h"

namespace engine::backend::reference {

void feed_forward(const model::FeedForward& weights, std::span<const float> x, std::span<float> y) {
  const size_t tokens = x.size() / weights.gate.columns;
  Vector gate(tokens * weights.gate.rows), up(gate.size());
  matmul(weights.gate, x, gate);
  matmul(weights.up, x, up);
  for (size_t i = 0; i < gate.size(); ++i) {
    const double g = gate[i];
    gate[i] = static_cast<float>(g / (1 + std::exp(-g)) * up[i]);
  }
  matmul(weights.down, gate, y);
}

}  // namespace engine::backend::reference
