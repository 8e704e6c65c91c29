// lsp/features/fill behind the server's Filler.
#pragma once

#include <memory>
#include <string>

#include "lsp/engine_model.h"
#include "lsp/server/filler.h"

namespace lsp {

// `python` is the machine's setting.
std::shared_ptr<server::Filler> make_filler(std::string python,
                                            std::shared_ptr<SharedEngine> shared);

}  // namespace lsp
