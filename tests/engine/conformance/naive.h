// Models evaluated as their papers write them down: a whole sequence at once, in double precision,
// keys and values of every head, no cache. It shares nothing with the backends but the reading of
// files and hyper-parameters.
#pragma once

#include <span>
#include <vector>

#include "engine/backend/kv_cache.h"
#include "engine/gguf/file.h"
#include "engine/model/config.h"

namespace conformance {

using engine::backend::KvCache;

// Logits of the tokens from `first_wanted` on, [tokens][vocab_size]. With KvCache::fp8 latents are
// rounded as that cache does, and what is turned of keys to half precision.
std::vector<double> naive_logits(const engine::gguf::File& file,
                                 const engine::model::Config& config, std::span<const int32_t> ids,
                                 size_t first_wanted, KvCache kv_cache = KvCache::f16);

// What the layer for multi-token prediction makes of each token but the first, joined with the
// state of the token before it: [tokens − 1][vocab_size].
std::vector<double> naive_predictions(const engine::gguf::File& file,
                                      const engine::model::Config& config,
                                      std::span<const int32_t> ids,
                                      KvCache kv_cache = KvCache::f16);

}  // namespace conformance
