// What the rules of this folder need to know of a language: which nodes play which part, and how a
// few things are written. One row a language; everything else here is the same for all.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/syntax/nodes.h"
#include "lsp/syntax/tree.h"

namespace lsp::features::debug {

enum class Role {
  other,
  function,
  block,
  expression_statement,
  assignment,  // also one that computes: `+=`
  declaration,
  returning,
  jump,  // break, continue
  condition,
  loop,
  binary,
  negation,
  call,
  arguments,
  member,
  subscript,
  identifier,
  field_name,
  number,
  string,
  constant,  // True, null
  collection,
  group,           // parentheses around an expression
  protected_part,  // assertions, handlers, what is thrown
};
Role role_of(std::string_view kind);

struct Replacement {
  std::string_view from;
  std::string_view to;
  double prior;  // how often a bug of this kind is mended so; 1 is the likeliest
};

struct Grammar {
  syntax::Language language;
  std::string_view statement_end;  // ";" or nothing
  std::string_view nothing;        // None
  std::string_view itself;         // "self."
  std::string_view negation;       // "not "
  std::string_view no_operation;   // a statement that does nothing
  bool braces;
  std::span<const Replacement> words;      // names of functions and methods taken for each other
  std::span<const Replacement> wrappings;  // `to` with % for an expression; `from`: where
};
// Nothing for languages without fixes.
const Grammar* grammar_of(syntax::Language language);

// JavaScript, and TypeScript, which is that with types.
bool is_script(syntax::Language language);

// Operators, the same in all languages; those that a language lacks do not occur in its code.
std::span<const Replacement> operators();

// A text that no editor holds; null where it cannot be parsed. Sooner where the tree of a text like
// it is there.
std::shared_ptr<const syntax::Tree> parse(const std::string& text, syntax::Language language,
                                          const syntax::Tree* alike = nullptr);

}  // namespace lsp::features::debug
