// Functions as a model that follows instructions would mend them, for features/debug.
#pragma once

#include <memory>

#include "lsp/features/chat/model.h"
#include "lsp/features/debug/debug.h"

namespace lsp {

// Shows the model the program and its tests, and nothing that a run has said. `subject` outlives
// what is returned.
decltype(features::debug::Models::rewrites) rewrites_by(
    std::shared_ptr<features::chat::Model> model, const features::debug::Subject& subject);

}  // namespace lsp
