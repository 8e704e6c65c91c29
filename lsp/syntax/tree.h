// The parse of a snapshot: what is defined where, what is imported, and where in all this an offset
// lies. Trees of broken code are useful too: Tree-sitter wraps what it cannot parse in error nodes
// and goes on.
//
// No answer takes much longer than a tenth of a second; in code so broken that it would (an error
// around tens of thousands of tokens) something may be missing from it.
//
// Thread safety: a Tree is immutable; all methods may run in parallel. Offsets and ranges are bytes
// of the tree's document, and an offset may be the document's size.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/syntax/language.h"
#include "lsp/text/document.h"

namespace lsp::syntax {

using text::Range;

enum class SymbolKind { function, method, type, module, variable, field, section };

struct Symbol {
  SymbolKind kind;
  std::string_view name;  // in the document's text
  Range name_range;
  Range range;      // the whole definition
  Range signature;  // its start up to its body: "def area(self):", "int main()"
};

struct Import {
  Range range;                          // the whole statement
  std::string_view module;              // as written, without quotes; may be empty
  std::vector<std::string_view> names;  // what it binds here; empty for `import *` and `#include`
};

// A name that a scope binds: a parameter, a variable, a function, a type.
struct Definition {
  std::string_view name;
  Range name_range;
  Range scope;  // where it is visible; languages with hoisting make no difference here
};

enum class Place { code, comment, string };

struct Node {
  std::string_view kind;  // as the grammar names it
  Range range;
};

struct Parsed;

struct ParseLimits {
  size_t bytes = 4u << 20;                  // larger documents are not parsed
  std::chrono::microseconds time{500'000};  // of the processor's
  std::stop_token stop = {};
};

class Tree {
 public:
  // Nothing for a document without a grammar, and for one that would pass a limit; asking again
  // with every keystroke would cost the time limit each time. `previous` is
  // the tree of an earlier snapshot of the document, or null; the result is the same, sooner.
  static std::shared_ptr<const Tree> parse(std::shared_ptr<const text::Document> document,
                                           const Tree* previous, const ParseLimits& limits = {});
  // The tree of an earlier snapshot, moved: what was not changed stands where it stands now, what
  // was changed is what it was. For when there is no time to parse. Nothing where parse() would
  // have nothing for want of a grammar or for the size.
  static std::shared_ptr<const Tree> shifted(std::shared_ptr<const text::Document> document,
                                             const Tree& previous, const ParseLimits& limits = {});
  // False of a shifted one.
  bool is_exact() const;
  ~Tree();
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  const text::Document& document() const;
  Language language() const;

  // In the order of their beginnings; local variables are not among them.
  std::vector<Symbol> symbols() const;
  // The functions, types and modules whose definitions hold `offset`, outermost first.
  std::vector<Symbol> enclosing(size_t offset) const;
  // Those that begin before `end`; an import deep within a function is left out.
  std::vector<Import> imports(size_t end = std::string_view::npos) const;
  // The definitions that are visible at `offset`, innermost scope first. A name bound twice in a
  // scope is there twice. Also those after the offset, which is where functions may stand. Only
  // those whose names stand in `names_in`, which costs no look at the rest.
  std::vector<Definition> visible_at(size_t offset, std::optional<Range> names_in = {}) const;

  // What text typed at `offset` would be a part of. At the very ends of a string or a block comment
  // that is code; at the end of a line comment and of an unfinished string it is not.
  Place place_at(size_t offset) const;
  // The smallest named node around `offset`; the document's root at least.
  Node node_at(size_t offset) const;
  // The smallest statement, and the smallest block of statements, around `offset`.
  std::optional<Range> statement_at(size_t offset) const;
  std::optional<Range> block_at(size_t offset) const;
  // Whether something within or across `range` does not parse, or lacks a token.
  bool has_error(Range range) const;

  // The tree as an S-expression with byte ranges; for tests and for looking at it.
  std::string dump() const;

 private:
  friend class Nodes;
  explicit Tree(std::unique_ptr<const Parsed> state);
  const Parsed& state() const { return *state_; }
  std::unique_ptr<const Parsed> state_;
};

}  // namespace lsp::syntax
