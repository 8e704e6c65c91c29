// The backend inside the library: engine/backend/backend.h over the kernels.
#pragma once

#include <memory>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/abi.h"
#include "engine/backend/cuda/weights.h"
#include "engine/backend/kv_cache.h"

namespace engine::backend::cuda {

struct LibraryOptions {
  int kv_tokens = 0;  // positions the KV pool holds, rounded up to whole blocks
  KvCache kv_cache = KvCache::f16;
  Precision precision = Precision::fast;
  LemmaCudaHost host{};
};

base::Result<std::unique_ptr<Backend>> make_library_backend(const LemmaCudaModel& model,
                                                            const LibraryOptions& options);

}  // namespace engine::backend::cuda
