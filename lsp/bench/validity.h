// What can be said of a suggestion without knowing what its author meant to write: whether the code
// still parses with it, and whether anything defines the names in it.
//
// Syntax. Counted are Tree-sitter's error nodes and missing tokens in the whole document, with the
// suggestion as the rest of its line, with nothing there, and with what the author wrote there.
//
// Names. Counted are the identifiers (as the grammar has it) that the suggestion holds or ends,
// those aside that stand in a string, a comment or an import.
//
// - *Members* stand behind `.`, `->` or `::`, are a key, or the name of an argument. What has them
//   is not known; one is *seen* where the word stands elsewhere in the document or in a related
//   file.
// - All others are *names*. One *resolves* where the language brings it along
//   (lsp/features/builtins.h; in C++ `std`), where it is bound in a scope around it or by an
//   import, be it by the suggestion itself, or where a related file defines it. In C, C++ and Java,
//   whose methods name members without `this`, and whose scopes are partly in headers, also where
//   this file defines it anywhere.
//
// Related are the files that the workspace's index would show a model there
// (lsp/context/workspace.h). Headers of a system and installed packages are not read: the same
// shares of what the author wrote say how much of this can be reached at all.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/bench/sample.h"
#include "lsp/context/prompt.h"

namespace lsp::bench {

struct Validity {
  size_t suggestions = 0;  // that were judged: not empty, in a language with a grammar
  size_t as_before = 0;    // of these, with no more errors than with nothing in their place
  size_t as_author = 0;    // with no more errors than with the author's text
  size_t names = 0;
  size_t names_resolved = 0;
  size_t members = 0;
  size_t members_seen = 0;

  Validity& operator+=(const Validity& other);
};

class Validator {
 public:
  // Of each of `texts` as the rest of the place's line, without a line break; an empty one has
  // nothing to judge. `related` has paths, and the same text under the same path at every call.
  std::vector<Validity> judge(const Place& place, std::span<const context::OpenText> related,
                              std::span<const std::string_view> texts);

 private:
  using Names = std::vector<std::string>;
  const Names& defined_in(const context::OpenText& file);

  std::map<std::string, Names> defined_;  // by path
};

}  // namespace lsp::bench
