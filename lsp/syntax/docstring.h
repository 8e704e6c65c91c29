// Python's documentation, which is code by its grammar.
#pragma once

#include <cstddef>

#include "lsp/syntax/nodes.h"

namespace lsp::syntax {

// Whether a node is the first statement of a module, a class or a function, comments apart, and a
// string alone.
bool is_docstring(const Nodes& nodes, size_t node);

}  // namespace lsp::syntax
