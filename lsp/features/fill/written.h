// Bodies as models write them. Internal to this folder.
#pragma once

#include <string>
#include <vector>

#include "lsp/features/fill/hole.h"

namespace lsp::features::fill {

// The bodies in what a model wrote: of the function where there is one, without its docstring; else
// the text itself, as far as it parses as one. Without indentation, each once.
std::vector<std::string> bodies_in(const std::vector<std::string>& texts, const Hole& hole);

// What small changes (lsp/features/debug/edits.h) make of a body, the likeliest first.
std::vector<std::string> changes_of(const std::string& body, const Hole& hole, size_t most);

std::vector<std::string> lines_of(const std::string& body);

}  // namespace lsp::features::fill
