// What was seen of the changes that were offered for a failure, in words.
#pragma once

#include <string>

#include "lsp/server/debugger.h"
#include "lsp/wire/explanation.h"

namespace lsp::server {

// "IndexError: list index out of range".
std::string headline(const Finding& finding);
// "verified: passes 5 of 5 tests; …"; where a model wrote it, that too.
std::string verdict_on(const Finding::Fix& fix, text::Tongue tongue);
// The same, as a sentence begins.
std::string verdict_sentence(const Finding::Fix& fix, text::Tongue tongue);

// What was run, how often, which tests it mended and which did as before, who wrote the change,
// what else was seen, and the time.
wire::Evidence evidence_of(const Finding& finding);

}  // namespace lsp::server
