// One step in the making: what a run computes between token ids and logits, and the attention of a
// layer over it, one function for each kind.
#pragma once

#include <vector>

#include "engine/backend/cpu/attention.h"
#include "engine/backend/cpu/experts.h"
#include "engine/backend/cpu/layer.h"

namespace engine::backend::cpu {

// A run that overtakes another has its own.
struct Step {
  std::vector<Query> tokens;
  std::vector<float> rotations;           // [token][rope_dim], pairs of cosine and sine
  std::vector<float> windowed_rotations;  // those of windowed layers; empty where there are none
  std::vector<int> wanted;                // indices of the tokens whose logits are wanted
  Activations hidden, normed, queries, heads, added;
  Activations low, latents;  // of latent attention
  Activations keys, values;  // of grouped-query attention
  ExpertScratch experts;
  std::vector<AttentionScratch> attention;  // [thread]
};

enum class LastLayer { no, yes };

// hidden += attention(normalised hidden), its keys and values or latents stored in the cache. In
// the last layer, once these are stored, only the tokens whose logits are wanted are kept.
void attend_latent(const Machine& machine, const model::Config& config, const Layer& layer,
                   const LayerCache& cache, LastLayer last, Step& step);
void attend_grouped(const Machine& machine, const model::Config& config, const Layer& layer,
                    const LayerCache& cache, LastLayer last, Step& step);

// y = the normalised rows of x, also rounded.
void normalise(const Machine& machine, const model::Vector& weight, float epsilon, Activations& x,
               Activations& y);

// y = weights · x
void multiply(const Machine& machine, const WeightStack& weights, Activations& x, Activations& y);

// Turns the first values of v, two for each pair.
void rotate(model::RopePairs pairs, std::span<const float> rotation, std::span<float> v);

// From here on only the tokens whose logits are wanted are of interest; `queries` is what their
// queries are, or are made of.
void keep_wanted(Step& step, int rope_dim, Activations& queries);

// hidden += heads projected by `output`
void add_output(const Machine& machine, const Layer& layer, Step& step);

}  // namespace engine::backend::cpu
