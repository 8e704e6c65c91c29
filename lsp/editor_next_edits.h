// lsp/features/next_edits behind the server's EditFinder.
#pragma once

#include <memory>

#include "lsp/server/edit_finder.h"

namespace lsp {

std::shared_ptr<server::EditFinder> make_edit_finder();

}  // namespace lsp
