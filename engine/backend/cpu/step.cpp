#include "engine/backend/cpu/step.h"

#include <algorithm>

namespace engine::backend::cpu {

void normalise(const Machine& machine, const model::Vector& weight, float epsilon, Activations& x,
               Activations& y) {
  y.resize(x.rows(), x.width());
  y.begin_rounding(machine);
  constexpr int rows = 16;
  machine.threads.parallel_for((x.rows() + rows - 1) / rows, [&](int task, int) {
    const int first = task * rows, end = std::min(x.rows(), first + rows);
    for (int i = first; i < end; ++i) {
      machine.floats.rms_norm(x.row(i).data(), weight.data(), x.width(), epsilon, y.row(i).data());
    }
    y.quantize_rows(machine, first, end - first);
  });
}

void multiply(const Machine& machine, const WeightStack& weights, Activations& x, Activations& y) {
  y.resize(x.rows(), weights.rows());
  const auto rows = x.views();
  const auto results = targets(y);
  const Product product{&weights, 0, rows, results};
  multiply(machine, {&product, 1});
}

void rotate(model::RopePairs pairs, std::span<const float> rotation, std::span<float> v) {
  const size_t half = rotation.size() / 2;
  const bool consecutive = pairs == model::RopePairs::consecutive;
  for (size_t pair = 0; pair < half; ++pair) {
    float& first = v[consecutive ? 2 * pair : pair];
    float& second = v[consecutive ? 2 * pair + 1 : pair + half];
    const float a = first, b = second, cosine = rotation[2 * pair], sine = rotation[2 * pair + 1];
    first = a * cosine - b * sine;
    second = a * sine + b * cosine;
  }
}

void keep_wanted(Step& step, int rope_dim, Activations& queries) {
  for (size_t i = 0; i < step.wanted.size(); ++i) {
    const size_t from = step.wanted[i];
    step.tokens[i] = step.tokens[from];
    std::copy_n(step.rotations.begin() + from * rope_dim, rope_dim,
                step.rotations.begin() + i * rope_dim);
  }
  step.tokens.resize(step.wanted.size());
  step.hidden.keep(step.wanted);
  queries.keep(step.wanted);
}

void add_output(const Machine& machine, const Layer& layer, Step& step) {
  step.heads.quantize(machine);
  multiply(machine, layer.output, step.heads, step.added);
  const auto hidden = step.hidden.values(), added = step.added.values();
  for (size_t i = 0; i < hidden.size(); ++i) hidden[i] += added[i];
  const model::Vector& bias = layer.source->attention.output_bias;
  for (size_t i = 0; i < hidden.size() && !bias.empty(); ++i) hidden[i] += bias[i % bias.size()];
}

}  // namespace engine::backend::cpu
