// Feed-forward networks by tiles: what experts.h does where a machine has them.
#pragma once

#include "engine/backend/cpu/experts.h"

namespace engine::backend::cpu {

// A network and the tokens that it is for: all, or the visitors of an expert.
struct Branch {
  const FeedForward* weights;
  int index;                // of the expert
  std::vector<int> tokens;  // ascending
  std::vector<float> shares;
};

bool takes_tiles(const Machine& machine, const FeedForward& weights);

// y[t] += share · branch(x[t]) over the branches of token t. Asks `keep_going`, if there is one,
// after every few of them.
RunEnd run_branches(const Machine& machine, std::span<const Branch> branches, const Activations& x,
                    Activations& y, AlignedBuffer<uint16_t>& hidden, const KeepGoing& keep_going);

}  // namespace engine::backend::cpu
