// lsp/features/change behind the server's Changer.
#pragma once

#include <memory>

#include "lsp/engine_model.h"
#include "lsp/server/changer.h"

namespace lsp {

// Null where there is no model that can be spoken to.
std::shared_ptr<server::Changer> make_changer(std::shared_ptr<SharedEngine> engine);

}  // namespace lsp
