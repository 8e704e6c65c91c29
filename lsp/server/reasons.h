// What went into completions, why there is none, and why there are no answers to questions, in the
// user's language. All of that arises in English, far from whoever asks, as the command line prints
// it.
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
