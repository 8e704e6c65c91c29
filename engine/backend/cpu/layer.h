// A layer's weights, repacked; its norms and biases stay in model::LayerWeights.
#pragma once

#include "engine/backend/cpu/weights.h"

namespace engine::backend::cpu {

struct FeedForward {
  WeightStack gate, up, down;
};

struct Layer {
  const model::LayerWeights* source = nullptr;
  bool is_windowed = false;  // Config::windowed
  WeightStack q, q_a, q_b, kv_a, k, v, output;
  // MLA's up-projections, [heads] matrices each. `absorb_key` [kv_lora][nope] brings a query to the
  // latents; `expand_key` [nope][kv_lora], its transpose, brings latents to keys; `value`
  // [value][kv_lora] brings (sums of) latents to values.
  WeightStack absorb_key, expand_key, value;
  FeedForward dense;  // of a dense layer
  WeightStack router;
  FeedForward experts;  // [experts] matrices each
  FeedForward shared;
};

Layer make_layer(const model::Config& config, int index, const model::LayerWeights& weights);

}  // namespace engine::backend::cpu
