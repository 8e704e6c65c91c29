// The CPU backend, on AMX, AVX-512 VNNI, AVX2 or neither, whichever the processor has
// (LEMMA_CPU=amx|avx512|avx2|generic forces one): quantized weights times activations rounded to 8
// bits; with AMX, in batches of more than 16 tokens, both rounded to bfloat16 (tile_kernels.h), and
// likewise attention. Models of float types are computed in float32.
//
// In batches of up to 16 tokens each row is bit-identical to the same row alone.
#pragma once

#include <memory>

#include "engine/backend/backend.h"
#include "engine/base/thread_pool.h"
#include "engine/model/weights.h"

namespace engine::backend::cpu {

// Bytes of a KV cache of so many positions.
int64_t cache_bytes(const model::Weights& weights, int kv_tokens);

// `kv_tokens`: positions the KV pool holds, over all sequences; rounded up to whole blocks. The
// pool of threads may be shared by several backends that run one at a time.
base::Result<std::unique_ptr<Backend>> make_backend(model::Weights weights, int kv_tokens,
                                                    std::shared_ptr<base::ThreadPool> threads);

}  // namespace engine::backend::cpu
