// lsp/features/debug behind the server's Debugger: for editors, with what they have open.
#pragma once

#include <memory>
#include <string>

#include "lsp/server/debugger.h"

namespace lsp {

// `python` is the machine's setting. Every search makes its sandboxes anew.
std::shared_ptr<server::Debugger> make_debugger(std::string python);

}  // namespace lsp
