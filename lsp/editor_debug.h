// lsp/features/debug behind the server's Debugger: for editors, with what they have open.
#pragma once

#include <memory>

#include "lsp/engine_model.h"
#include "lsp/server/debugger.h"

namespace lsp {

// The models of `engine` have their part in it (debug_models.h). Every search makes its sandboxes
// anew.
std::shared_ptr<server::Debugger> make_debugger(std::shared_ptr<SharedEngine> engine);

}  // namespace lsp
