// The float32 reference backend: the specification. Clear before fast; one thread.
#pragma once

#include <memory>

#include "engine/backend/backend.h"
#include "engine/model/weights.h"

namespace engine::backend::reference {

// `kv_tokens`: positions the KV pool holds, over all sequences; rounded up to whole blocks.
base::Result<std::unique_ptr<Backend>> make_backend(model::Weights weights, int kv_tokens);

}  // namespace engine::backend::reference
