// Grouped-query attention over cached keys and values.
#pragma once

#include "engine/backend/cpu/attention.h"
#include "engine/backend/cpu/layer.h"

namespace engine::backend::cpu {

// `queries` is [tokens][head][key], rotated; `heads` becomes [tokens][head][value]. `scratch` has
// one element for each thread.
void gqa_attention(const Machine& machine, const model::Gqa& gqa, const Layer& layer,
                   const LayerCache& cache, std::span<const Query> tokens, Activations& queries,
                   Activations& heads, std::span<AttentionScratch> scratch);

}  // namespace engine::backend::cpu
