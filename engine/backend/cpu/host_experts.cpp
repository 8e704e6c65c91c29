#include "engine/backend/cpu/host_experts.h"

#include <algorithm>
#include <utility>

#include "engine/backend/cpu/step.h"

namespace engine::backend::cpu {

HostExperts::HostExperts(model::Weights weights, Isa isa, std::shared_ptr<base::ThreadPool> threads)
    : weights_(std::move(weights)),
      own_(weights_, isa, std::move(threads)),
      layers_(weights_.layer_count()) {
  for (int i = 0; i < weights_.layer_count(); ++i) {
    const model::LayerWeights& from = weights_.layer(i);
    layers_[i].source = &from;
    if (!from.dense.gate.empty()) continue;
    layers_[i].experts = {WeightStack::from(from.experts.gate), WeightStack::from(from.experts.up),
                          WeightStack::from(from.experts.down)};
  }
}

base::Result<std::unique_ptr<HostExperts>> HostExperts::make(
    model::Weights weights, std::shared_ptr<base::ThreadPool> threads) {
  const auto isa = choose_isa();
  if (!isa.ok()) return isa.error();
  return std::unique_ptr<HostExperts>(
      new HostExperts(std::move(weights), *isa, std::move(threads)));
}

void HostExperts::run(int layer, std::span<const float> x,
                      std::span<const reference::Choice> choices, std::span<float> y) {
  const model::Config& config = weights_.config;
  const int tokens = static_cast<int>(x.size() / config.hidden);
  const Machine machine = own_.machine.for_rows(tokens);
  input_.resize(tokens, config.hidden);
  std::copy(x.begin(), x.end(), input_.values().begin());
  normalise(machine, layers_[layer].source->feed_forward_norm, config.norm_epsilon, input_,
            normed_);
  output_.resize(tokens, config.hidden);
  std::fill(output_.values().begin(), output_.values().end(), 0.0F);
  scratch_.choices.assign(choices.begin(), choices.end());
  chosen_experts(machine, config.experts, layers_[layer], SharedExperts::no, normed_, output_,
                 scratch_, {});
  std::copy(output_.values().begin(), output_.values().end(), y.begin());
}

}  // namespace engine::backend::cpu
