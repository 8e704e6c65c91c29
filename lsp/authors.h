// Models that write bodies, for features/fill. Neither is shown what a run has said, nor a file
// that may not be shown.
#pragma once

#include <memory>
#include <optional>

#include "lsp/engine_model.h"
#include "lsp/features/chat/model.h"
#include "lsp/features/fill/fill.h"

namespace lsp {

// One that follows instructions; nothing for null.
std::optional<features::fill::Author> instructed_author(
    std::shared_ptr<features::chat::Model> model, const features::debug::Subject& subject,
    const features::fill::Hole& hole);

// The model that completes code goes on where the body would stand, several times. `shared` must
// live as long as the author.
std::optional<features::fill::Author> completing_author(SharedEngine& shared,
                                                        const features::debug::Subject& subject,
                                                        const features::fill::Hole& hole);

}  // namespace lsp
