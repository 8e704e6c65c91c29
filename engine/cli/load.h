// A backend over a model file.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "engine/backend/backend.h"
#include "engine/cli/commands.h"

namespace engine::cli {

base::Result<std::unique_ptr<backend::Backend>> load_backend(const std::string& path,
                                                             BackendChoice choice, int threads,
                                                             int kv_tokens);

// Of logits; damaged weights make others.
bool all_finite(std::span<const float> values);

}  // namespace engine::cli
