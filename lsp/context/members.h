// What an imported file offers, in the words in which the importing file calls it: "f.area(" for a
// function of "shapes.py" under `import shapes as f`. The file itself never says so, and whoever
// guesses the next word from texts finds nothing in it that stands behind "f.".
#pragma once

#include <string>
#include <vector>

#include "lsp/syntax/tree.h"

namespace lsp::context {

struct Member {
  std::string name;
  syntax::SymbolKind kind;  // function, type or variable
  text::Range signature;    // in the imported file
  std::string space;        // the innermost module that it is in; empty: none
  std::string calls;        // one a line; empty where the name alone says as much
};

// What stands at the top of the imported file or in its modules, and is not its own affair.
// `path` is that of the file, `imported` its parse; `import` is a statement of `here`.
std::vector<Member> members_of(const syntax::Import& import, const syntax::Tree& here,
                               const std::string& path, const syntax::Tree& imported);

}  // namespace lsp::context
