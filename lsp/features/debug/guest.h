// A program of ours that runs as the user's program does, and tells something of it.
#pragma once

#include <optional>
#include <string>

#include "sandbox/languages/language.h"

namespace lsp::features::debug {

// A text in JavaScript that ends in a call of what the module at `path` (CommonJS) exports, with a
// function that evaluates a text where the program's names are known.
std::string with_guest(const std::string& program, const std::string& path);

// What was written to standard output behind the last line that begins with the run's token.
std::optional<std::string> told_by_guest(const sandbox::languages::Prepared& prepared,
                                         const sandbox::languages::Run& run);

}  // namespace lsp::features::debug
