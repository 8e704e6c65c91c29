// What went into completions and why there is none, in the user's language. Both arise in English,
// far from whoever asks, as the command line prints them.
#pragma once

#include <string>
#include <string_view>

#include "lsp/text/tongue.h"
#include "lsp/wire/explanation.h"

namespace lsp::server {

// English where the reason is unknown here.
std::string reason_in(text::Tongue tongue, std::string_view english);

// Silence and sources. Texts of the code and paths stay as they are.
wire::Explanation explained_in(text::Tongue tongue, wire::Explanation explanation);

}  // namespace lsp::server
