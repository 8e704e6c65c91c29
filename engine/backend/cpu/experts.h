// Feed-forward networks: one dense network, or a mixture of experts with the shared ones.
#pragma once

#include <vector>

#include "engine/backend/cpu/layer.h"
#include "engine/backend/cpu/products.h"
#include "engine/backend/reference/operations.h"

namespace engine::backend::cpu {

// Memory kept from one layer to the next.
struct ExpertScratch {
  std::vector<reference::Choice> choices;  // [token][used]
  Activations gate, up, down;              // a row for each (token, choice)
  Activations shared_gate, shared_up, shared_down;
  AlignedBuffer<uint16_t> hidden;  // in place of these where products are by tiles
};

// y[t] += down · (silu(gate · x[t]) ⊙ (up · x[t]))
// Both are interrupted where `keep_going`, if there is one, says so; y holds nothing of use then.
RunEnd feed_forward(const Machine& machine, const FeedForward& weights, Activations& x,
                    Activations& y, ExpertScratch& scratch, const KeepGoing& keep_going);

// y[t] += Σ weight · expert(x[t]) over its choices + shared(x[t])
RunEnd experts(const Machine& machine, const model::Experts& config, const Layer& layer,
               Activations& x, Activations& y, ExpertScratch& scratch, const KeepGoing& keep_going);

// The same with the choices that stand in `scratch`; those whose expert is negative are passed
// over.
enum class SharedExperts { no, yes };
RunEnd chosen_experts(const Machine& machine, const model::Experts& config, const Layer& layer,
                      SharedExperts shared, Activations& x, Activations& y, ExpertScratch& scratch,
                      const KeepGoing& keep_going);

}  // namespace engine::backend::cpu
