// From what a user types to one task for the computer algebra.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "lsp/features/solve/expression.h"
#include "lsp/features/solve/tokens.h"

namespace lsp::features::solve {

struct Reading {
  Expression task;
  Notation notation = Notation::plain;
  std::vector<std::string> notes;  // how what is ambiguous was read
  bool of_sentence = false;        // words were put into signs
};

// Plain notation, Python's and SymPy's syntax, or LaTeX. Any text may come, up to 10,000 bytes; an
// error is a sentence that says what is wrong, and where.
engine::base::Result<Reading> read(std::string_view text);

}  // namespace lsp::features::solve
