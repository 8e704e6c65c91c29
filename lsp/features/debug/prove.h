// From changes that a quick run found green to fixes, and to what may be said of them.
#pragma once

#include <string>
#include <vector>

#include "lsp/features/debug/edits.h"
#include "lsp/features/debug/runs.h"
#include "lsp/features/debug/search.h"

namespace lsp::features::debug {

struct Proving {
  const Trial& red;         // of the program as it is
  const Clues& clues;       // of its failure
  const Search& found;      // its green ones, of which the first is the likeliest
  size_t candidates;        // of which the search has tried some
  const std::string& base;  // what the search has changed: the program, or a first step from it
};

// At most two: the likeliest, and where another one passes that does something else, that one.
// debug.h says when a fix is verified.
std::vector<Fix> prove(const Runs& runs, const Proving& proving);

}  // namespace lsp::features::debug
