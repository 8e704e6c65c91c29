// The kernels of one layer in their order, for batches of any size in float32.
#pragma once

#include "engine/backend/cuda/layer_arguments.h"

namespace engine::backend::cuda {

void embed_tokens(const Machine& machine, const DeviceMatrix& table, Step& step);
// hidden += attention(norm(hidden)); keys and values go to the cache.
void attend_layer(const Machine& machine, int layer, const LayerCache& cache, Step& step);
// hidden += feed_forward(norm(hidden))
void feed_forward_layer(const Machine& machine, int layer, Step& step);
// Logits of the wanted rows, in order: [wanted][vocab_size].
void compute_logits(const Machine& machine, const Head& head, Step& step);

// Multi-token prediction. What a run leaves for it, states[t] = norm(hidden[t]), in rows like
// those of hidden.
void keep_states(const Machine& machine, const View<float>& states, Step& step);
// The input of its layer: the normalised embedding and state of each token side by side. Then
// hidden = join · joined.
void join_states(const Machine& machine, const View<const float>& states, Step& step);
void project_joined(const Machine& machine, Step& step);

// Parts of these that large_layer.h uses, too.
void rotate_latents(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                    Step& step);
void rotate_heads(const Machine& machine, const DeviceLayer& layer, const LayerCache& cache,
                  Step& step);
void choose_experts(const Machine& machine, int layer, Step& step);

}  // namespace engine::backend::cuda
