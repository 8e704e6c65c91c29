// Stands where a backend stands when the memory alone predicts: it has no weights, computes
// nothing, and gives zeros for logits.
#pragma once

#include <memory>

#include "engine/backend/backend.h"

namespace engine::session {

std::unique_ptr<backend::Backend> make_memory_alone(int vocab_size, int context_tokens);

}  // namespace engine::session
