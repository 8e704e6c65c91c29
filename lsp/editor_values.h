// lsp/features/values behind the server's Evaluator: for editors, with what they have open.
#pragma once

#include <memory>
#include <string>

#include "lsp/server/evaluator.h"

namespace lsp {

// `python` is the machine's setting. Every run makes its sandbox anew.
std::shared_ptr<server::Evaluator> make_evaluator(std::string python);

}  // namespace lsp
