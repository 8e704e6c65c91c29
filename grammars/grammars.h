// The languages that are compiled in: Tree-sitter's parser of each and our queries for it. What the
// queries capture is described in queries/README.md.
#pragma once

#include <tree_sitter/api.h>

#include <span>
#include <string_view>

namespace grammars {

struct Grammar {
  std::string_view id;  // LSP's language identifier
  const TSLanguage* (*language)();
  std::string_view symbols;
  std::string_view imports;
  std::string_view locals;
  std::string_view cursor;
};

// In the order of their identifiers.
std::span<const Grammar> all_grammars();

}  // namespace grammars
