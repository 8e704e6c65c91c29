// The places of a name in a tree, and which of them mean the same.
//
// Thread safety: none; made for one look at one document.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "lsp/syntax/nodes.h"
#include "lsp/syntax/tree.h"
#include "lsp/text/word.h"

namespace lsp::features::next_edits {

using text::Range;
using text::widened;

// Whether a byte belongs to names of the document's language.
using IsName = bool (*)(char);
IsName name_bytes(std::optional<syntax::Language> language);

// The beginnings of `name` as a word of its own.
std::vector<Range> words(std::string_view text, std::string_view name, IsName is_name);

inline bool holds(Range outer, Range inner) {
  return outer.begin <= inner.begin && inner.end <= outer.end;
}

// What a name is at a place.
enum class Role {
  variable,     // also functions and types: what scopes bind
  shorthand,    // one that is a property's name too: `{ name }` in JavaScript
  member,       // behind a dot or an arrow
  initialized,  // a field in front of its value in a constructor of C++: `: name(1)`
  other         // a keyword argument's name, a key, a word in a comment or a string
};

struct Occurrence {
  Range range;
  Role role;
  std::optional<Range> binds;  // the scope that the name is bound in here; a definition
};

class Occurrences {
 public:
  explicit Occurrences(const syntax::Tree& tree);

  std::vector<Occurrence> of(std::string_view name) const;
  Occurrence at(Range range) const;

  // The scope, of those that `all` are bound in and `also`, that the name belongs to at `place`.
  std::optional<Range> scope_at(Range place, const std::vector<Occurrence>& all,
                                std::optional<Range> also = {}) const;
  // Python's statement that binds the name at `place` for its own block: `for`, `with`, `except`.
  std::optional<Range> own_statement(Range place) const;
  // Whether a name of the language stands there, and no keyword, literal or text.
  bool is_identifier_at(Range place) const;
  // Whether the name is changed or bound there: a parameter, a target of an assignment.
  bool is_target(Range place) const;
  // Whether the innermost function around is one that may await.
  bool is_in_async(Range place) const;
  // The object of a member: "self" of `self.name`; empty where it is a member itself.
  std::string_view owner(Range member) const;
  // What is defined by that name here, local variables apart.
  std::optional<syntax::Symbol> symbol_at(Range name) const;
  // Whether it is a parameter of TypeScript that is a field too: `private name: string`.
  bool is_parameter_property(Range name) const;
  // The name of Python's function that has this parameter, where callers may name it.
  std::optional<Range> function_of_parameter(Range name) const;
  // The name of what is called, where `name` is that of an argument; of `a.b(name=1)` it is `b`.
  std::optional<Range> called_with(Range name) const;
  // Whether a type stands behind it: `name: int`.
  bool is_annotated(Range name) const;
  // The type whose member the function around `place` is, where it is defined apart from it:
  // "Type" of C++'s `void Type::name()`. Empty where there is none.
  std::string_view type_of_function(Range place) const;
  // The definition of the type around `place`.
  std::optional<syntax::Symbol> type_around(Range place) const;
  bool is_whole(Range scope) const;
  const syntax::Tree& tree() const { return tree_; }

 private:
  size_t leaf_at(Range range) const;  // no_node where no token is exactly there
  size_t before(size_t leaf) const;
  bool is_member(size_t leaf) const;
  bool is_of_other_module(size_t leaf) const;
  bool is_plain_assignment(size_t leaf) const;
  Range of_declaration(size_t leaf, Range scope) const;
  bool is_hoisted(size_t leaf) const;
  Range scope_of(size_t leaf, Range scope) const;
  Role role_of(size_t leaf) const;
  bool is_hidden(Range scope, Range place) const;
  bool is_first_clause(size_t clause) const;

  const syntax::Tree& tree_;
  syntax::Nodes nodes_;
  std::string_view text_;
  std::vector<size_t> leaves_;  // in the order of the text
};

}  // namespace lsp::features::next_edits
