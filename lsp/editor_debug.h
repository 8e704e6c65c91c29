// lsp/features/debug behind the server's Debugger: for editors, with what they have open.
#pragma once

#include <memory>

#include "lsp/engine_model.h"
#include "lsp/features/debug/debug.h"
#include "lsp/server/debugger.h"

namespace lsp {

// A report as it is shown: what people read in it, in the language in which it was made.
server::Finding finding_of(const features::debug::Subject& subject,
                           const features::debug::Report& report, text::Tongue tongue);

// The models of `engine` have their part in it (debug_models.h). Every search makes its sandboxes
// anew.
std::shared_ptr<server::Debugger> make_debugger(std::shared_ptr<SharedEngine> engine);

}  // namespace lsp
