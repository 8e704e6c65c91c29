// The kernels of one layer in their order, for batches of any size in float32.
#pragma once

#include "engine/backend/cuda/layer_arguments.h"

namespace engine::backend::cuda {

void embed_tokens(const Machine& machine, Step& step);
// hidden += attention(norm(hidden)); keys and values go to the cache.
void attend_layer(const Machine& machine, int layer, const LayerCache& cache, Step& step);
// hidden += feed_forward(norm(hidden))
void feed_forward_layer(const Machine& machine, int layer, Step& step);
// Logits of the wanted rows, in order: [wanted][vocab_size].
void compute_logits(const Machine& machine, Step& step);

// Parts of these that large_layer.h uses, too.
void rotate_latents(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                    Step& step);
void rotate_heads(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                  Step& step);
void choose_experts(const Machine& machine, const DeviceLayer& layer, Step& step);

}  // namespace engine::backend::cuda
