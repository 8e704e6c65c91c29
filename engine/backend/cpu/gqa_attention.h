// Grouped-query attention over cached keys and values.
#pragma once

#include "engine/backend/cpu/attention.h"
#include "engine/model/config.h"

namespace engine::backend::cpu {

// `queries` is [tokens][head][key], rotated; `heads` becomes [tokens][head][value]. `scratch` has
// one element for each thread.
void gqa_attention(const Machine& machine, const model::Gqa& gqa, const LayerCache& cache,
                   std::span<const Query> tokens, Activations& queries, Activations& heads,
                   std::span<AttentionScratch> scratch);

}  // namespace engine::backend::cpu
