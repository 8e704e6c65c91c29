// What was seen of the changes that were offered for a failure, in words.
#pragma once

#include <string>

#include "lsp/server/debugger.h"
#include "lsp/wire/explanation.h"

namespace lsp::server {

// "IndexError: list index out of range".
std::string headline(const Finding& finding);
// "Verified", as a sentence begins.
const char* mark(Finding::Proof proof);

// What was run, how often, which tests it mended and which did as before, who wrote the change,
// what else was seen, and the time.
wire::Evidence evidence_of(const Finding& finding);

}  // namespace lsp::server
