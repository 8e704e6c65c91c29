// Loops that are asked in each round whether they may go on, so that a version which never ends is
// known for it without ending the interpreter that others need. Inside this folder.
#pragma once

#include <string>

#include "lsp/syntax/language.h"

namespace lsp::features::debug {

// The program with a call of `_lemma_step()` (JavaScript: `globalThis._lemmaStep()`) at the begin
// of each loop's body; as it is where it cannot be read. Python, JavaScript and TypeScript.
std::string with_steps(const std::string& text, syntax::Language language);

// Rounds of all loops together of a version of what never ends.
inline constexpr int most_steps = 50'000;

}  // namespace lsp::features::debug
