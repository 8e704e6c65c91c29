// A backend over a model file.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "engine/backend/backend.h"
#include "engine/backend/memory_need.h"
#include "engine/cli/commands.h"

namespace engine::cli {

base::Result<std::unique_ptr<backend::Backend>> load_backend(const std::string& path,
                                                             BackendChoice choice, int threads,
                                                             int kv_tokens,
                                                             backend::KvCache kv_cache = {});

// What a file will need, with the KV cache that the engine takes by default; an error says why
// lemma cannot run it. Nothing of the weights is read.
base::Result<backend::MemoryNeed> need_of_file(const std::string& path);

// Of logits; damaged weights make others.
bool all_finite(std::span<const float> values);

}  // namespace engine::cli
