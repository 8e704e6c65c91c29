// What was seen of function bodies and tests that were tried, in the user's language. It is worded
// in English where it arises (lsp/features/fill, lsp/features/testing), as the command line prints
// it.
#pragma once

#include <string>
#include <string_view>

#include "lsp/text/tongue.h"

namespace lsp::server {

// Clause by clause; English where one is unknown here. Code and values stay as they are.
std::string seen_in(text::Tongue tongue, std::string_view english);

}  // namespace lsp::server
