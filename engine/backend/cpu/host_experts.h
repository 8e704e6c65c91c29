// The routed experts of a model by themselves, for a backend on another device that has no room for
// all of them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/backend/cpu/experts.h"
#include "engine/backend/cpu/machine.h"

namespace engine::backend::cpu {

// Thread safety: one call at a time. In batches of up to 16 tokens each row has the bits that it
// has alone.
class HostExperts {
 public:
  // Errors: LEMMA_CPU (cpu.h).
  static base::Result<std::unique_ptr<HostExperts>> make(model::Weights weights,
                                                         std::shared_ptr<base::ThreadPool> threads);

  // y[t] = Σ weight · expert(norm(x[t])) over the choices of token t that have an expert (≥ 0).
  // x and y are [tokens][hidden], `choices` is [tokens][used]; `layer` is not dense.
  void run(int layer, std::span<const float> x, std::span<const reference::Choice> choices,
           std::span<float> y);

 private:
  HostExperts(model::Weights weights, Isa isa, std::shared_ptr<base::ThreadPool> threads);

  const model::Weights weights_;
  const OwnMachine own_;
  std::vector<Layer> layers_;  // of which the experts alone are there
  Activations input_, normed_, output_;
  ExpertScratch scratch_;
};

}  // namespace engine::backend::cpu
