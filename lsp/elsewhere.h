// What a change by instruction is told of the project's other files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lsp/features/change/change.h"
#include "lsp/server/model.h"
#include "lsp/workspaces.h"

namespace lsp {

// How other files declare what stands around the part or is named by the instruction: those that
// are not ignored, by what is known of them within two seconds. `tree` may be null.
std::vector<features::change::Declaration> declared_elsewhere(
    Workspaces& workspaces, const server::Snapshot& document,
    std::shared_ptr<const syntax::Tree> tree, const features::change::Request& request,
    const std::vector<std::string>& folders);

}  // namespace lsp
