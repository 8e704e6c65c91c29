// The kernels of one layer in their order, for batches of any size in float32.
#pragma once

#include "engine/backend/cuda/step.h"

namespace engine::backend::cuda {

// What all steps share.
struct Machine {
  const model::Config& config;
  const Widths& widths;
  const DeviceWeights& weights;
  Rotation rotation;
  Stream& stream;
};

void embed_tokens(const Machine& machine, Step& step);
// hidden += attention(norm(hidden)); keys and values go to the cache.
void attend_layer(const Machine& machine, int layer, const LayerCache& cache, Step& step);
// hidden += feed_forward(norm(hidden))
void feed_forward_layer(const Machine& machine, int layer, Step& step);
// Logits of the wanted rows, in order: [wanted][vocab_size].
void compute_logits(const Machine& machine, Step& step);

}  // namespace engine::backend::cuda
