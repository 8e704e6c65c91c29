// Multi-head latent attention over the cached latents; backend/reference/mla_attention.cpp says
// what is computed.
#pragma once

#include <span>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/layer.h"
#include "engine/backend/cpu/products.h"

namespace engine::backend::cpu {

// One layer's part of the KV cache: [block][slot][stride], of which the first kv_lora values are
// the normalised latent and the next rope_dim the rotated key.
struct LayerCache {
  float* data;
  int stride;

  float* block(BlockId id) const { return data + size_t(id) * block_tokens * stride; }
  float* at(std::span<const BlockId> block_table, int position) const {
    return block(block_table[position / block_tokens]) + position % block_tokens * stride;
  }
};

// A token that asks. Those of one sequence are consecutive and ascend.
struct Query {
  int position;
  int sequence;
  std::span<const BlockId> block_table;
};

// A thread's own memory, kept from one task to the next.
struct AttentionScratch {
  Activations narrow;  // the rows of one small product
  std::vector<float> queries, scores, latents, keys, values;
};

// `queries` is [tokens][head][nope | rope], the rope part rotated; `heads` becomes
// [tokens][head][value]. `scratch` has one element for each thread.
void mla_attention(const Machine& machine, const model::Mla& mla, const Layer& layer,
                   const LayerCache& cache, std::span<const Query> tokens, Activations& queries,
                   Activations& heads, std::span<AttentionScratch> scratch);

}  // namespace engine::backend::cpu
