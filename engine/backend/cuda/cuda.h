// The CUDA backend, in a library of its own that is opened when the program runs: the program
// builds and works where there is neither a CUDA Toolkit nor a driver.
//
// The library is LEMMA_CUDA_LIBRARY, or liblemma_cuda.so beside the program or in ../lib.
// LEMMA_CUDA_DEVICE chooses among several GPUs, by number.
#pragma once

#include <memory>
#include <string>

#include "engine/backend/backend.h"
#include "engine/backend/kv_cache.h"
#include "engine/base/thread_pool.h"
#include "engine/model/weights.h"

namespace engine::backend::cuda {

// exact keeps activations and the KV cache (if not fp8) in float32 and is compared with the
// reference to 1e-4; fast is what users run: cache in half precision or fp8, activations of small
// batches as bytes, tensor cores for more than 16 tokens.
enum class Arithmetic { exact, fast };

// Of a model with more experts than the device has room for, as many of each layer are there as
// fit; `threads` compute the others meanwhile (LEMMA_CUDA_EXPERTS: that many at most).
//
// The library opens the file of `weights` once more. Errors: no library, no driver, one too old, no
// device, one that is too old or too small; each says which, so that the caller can go on with the
// CPU and say why; KvCache::fp8 of a model without latents. `kv_tokens` as in cpu.h.
base::Result<std::unique_ptr<Backend>> make_backend(const model::Weights& weights, int kv_tokens,
                                                    std::shared_ptr<base::ThreadPool> threads,
                                                    KvCache kv_cache = KvCache::f16,
                                                    Arithmetic arithmetic = Arithmetic::fast);

// Bytes that a position takes in a layer's cache, of fast arithmetic.
size_t position_bytes(const model::Config& config, KvCache kv_cache);

// One line about the device that would be used.
base::Result<std::string> describe_device();

// Bytes a second that a copy on the device reads and writes together; 0 where there is none.
double copy_bandwidth();

}  // namespace engine::backend::cuda
