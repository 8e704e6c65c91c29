// lsp/features/debug behind the server's Debugger: for editors, with what they have open.
#pragma once

#include <memory>
#include <string>

#include "lsp/features/chat/model.h"
#include "lsp/server/debugger.h"

namespace lsp {

// `python` is the machine's setting; `model`, which may be null, is asked for functions beside the
// small changes. Every search makes its sandboxes anew.
std::shared_ptr<server::Debugger> make_debugger(std::string python,
                                                std::shared_ptr<features::chat::Model> model);

}  // namespace lsp
