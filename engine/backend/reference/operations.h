// The operations of a step, one file each, as plainly as they can be said. They are the
// specification that every other backend is tested against: activations are float32, every sum is
// accumulated in double, and a row's result does not depend on the other rows of the batch.
//
// Batched values are [tokens][width], row after row; the number of tokens follows from the sizes.
#pragma once

#include <span>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/model/weights.h"

namespace engine::backend::reference {

using model::Matrix;
using model::Vector;

// Σ a[i] · b[i]
double dot(std::span<const float> a, std::span<const float> b);

// y[t][r] = Σ_c weights[r][c] · x[t][c], over rows dequantised to float32, and what an adapter
// adds.
void matmul(const Matrix& weights, std::span<const float> x, std::span<float> y);

// y = x / sqrt(mean(x²) + epsilon) · weight, for each row of weight.size() values. y may be x.
void rms_norm(std::span<const float> x, const Vector& weight, float epsilon, std::span<float> y);

// The angle a position adds to pair i; [rope_dim / 2]. `factors` is Weights::rope_factors.
std::vector<double> rope_frequencies(const model::Rope& rope, int rope_dim, const Vector& factors);
// Rotates pair i of v, [2 · pairs], by position · frequencies[i].
void rope(model::RopePairs pairs, std::span<const double> frequencies, int position,
          std::span<float> v);

// gate = silu(gate) ⊙ up, or as the activation has it
void activate(model::Activation activation, std::span<float> gate, std::span<const float> up);

// What is added to the products of an expert; empty: nothing.
struct ExpertBiases {
  std::span<const float> gate, up, down;
};

// y = down · (silu(gate · x) ⊙ (up · x))
void feed_forward(const model::FeedForward& weights, std::span<const float> x, std::span<float> y);
// The same with another activation and biases.
void feed_forward(const model::FeedForward& weights, model::Activation activation,
                  const ExpertBiases& biases, std::span<const float> x, std::span<float> y);

struct Choice {
  int expert;
  float weight;
};
// The experts of one token, ascending, from the router's logits [experts].
std::vector<Choice> moe_gate(const model::Experts& experts, std::span<const float> logits,
                             std::span<const float> selection_bias);

// y = Σ weight · expert(x) over the chosen experts, + shared(x); the choices are returned,
// [tokens][used].
std::vector<Choice> experts(const model::Experts& config, const model::ExpertWeights& weights,
                            std::span<const float> x, std::span<float> y);

// y += Σ weight · expert(x) over the choices of each token, [tokens][used]; those whose expert is
// negative are passed over.
void routed_experts(const model::Experts& config, const model::ExpertWeights& weights,
                    std::span<const Choice> choices, std::span<const float> x, std::span<float> y);

// One layer's part of the KV cache: [block][slot][width]. A slot holds the normalised latent and
// the rotated key that all heads share, [kv_lora | rope], or the keys and values of all groups,
// [kv_heads][key] and then [kv_heads][value], the keys rotated.
struct LayerCache {
  float* data;
  int width;  // Config::cache_dim()

  std::span<float> at(std::span<const BlockId> block_table, int position) const;
};

// One token's attention over positions 0 … position of its sequence, itself included. `queries` is
// [head][nope | rope], the rope part rotated; `output` is [head][value].
void mla_attention(const model::Mla& mla, const model::LatentProjections& projections,
                   const LayerCache& cache, std::span<const BlockId> block_table, int position,
                   std::span<const float> queries, std::span<float> output);

// The same with grouped queries: [head][key], rotated. Of the positions those that Gqa::window lets
// a query see; `sinks` [head], or empty, are scores that count in the softmax beside theirs.
void gqa_attention(const model::Gqa& gqa, const Vector& sinks, const LayerCache& cache,
                   std::span<const BlockId> block_table, int position,
                   std::span<const float> queries, std::span<float> output);

// scores = exp(score − greatest score) / the sum of these
void softmax(std::span<double> scores);

}  // namespace engine::backend::reference
