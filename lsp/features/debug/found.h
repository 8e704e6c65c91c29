// What a run says of a failure, in the words of the report.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "lsp/features/debug/debug.h"
#include "lsp/features/debug/trial.h"

namespace lsp::features::debug {

Found found_in(const Subject& subject, const Trial& trial, Tongue tongue);

// What a compiler has against a program, or an interpreter that lacks a name; in a program that
// comes to itself 0.
size_t names_missing(const Trial& trial);

// Lines of the tests at which something failed.
std::set<int> red_lines(const Subject& subject, const Trial& trial);

// Why no change of a program can help that is not to be run like this: its tests get another module
// by its name, or want another runner; or it is part of a package and has none.
std::optional<std::string> why_not_so(const Subject& subject, const Found& found, Tongue tongue);

}  // namespace lsp::features::debug
