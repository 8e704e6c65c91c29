// The kernels of one layer in their order, for batches of any size in float32.
#pragma once

#include "engine/backend/cuda/host_share.h"
#include "engine/backend/cuda/step.h"

namespace engine::backend::cuda {

// What all steps share.
struct Machine {
  const model::Config& config;
  const Widths& widths;
  const DeviceWeights& weights;
  Rotation rotation;
  Stream& stream;
  bool small_on_tensor_cores = false;  // latent attention of small batches
  bool bytes = false;                  // products of small batches take their input as bytes
  HostShare* host = nullptr;           // where the device has not all experts
};

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
AttentionArguments latent_attention(const Machine& machine, const LayerCache& cache, Step& step);
AttentionArguments grouped_attention(const Machine& machine, const LayerCache& cache, Step& step);
void choose_experts(const Machine& machine, const DeviceLayer& layer, Step& step);

}  // namespace engine::backend::cuda
