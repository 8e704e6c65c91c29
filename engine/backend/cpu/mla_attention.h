// Multi-head latent attention over the cached latents; backend/reference/mla_attention.cpp says
// what is computed.
#pragma once

#include "engine/backend/cpu/attention.h"
#include "engine/backend/cpu/layer.h"

namespace engine::backend::cpu {

// `queries` is [tokens][head][nope | rope], the rope part rotated; `heads` becomes
// [tokens][head][value]. `scratch` has one element for each thread.
void mla_attention(const Machine& machine, const model::Mla& mla, const Layer& layer,
                   const LayerCache& cache, std::span<const Query> tokens, Activations& queries,
                   Activations& heads, std::span<AttentionScratch> scratch);

}  // namespace engine::backend::cpu
