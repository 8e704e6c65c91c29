// Text in, text out: the only place where these tests touch the API.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "lsp/syntax/tree.h"
#include "lsp/text/document.h"
#include "tests/support/catch.h"

namespace lsp::syntax {

inline std::shared_ptr<const text::Document> document_of(std::string_view language_id,
                                                         std::string_view text) {
  return std::make_shared<const text::Document>("untitled:test", std::string(language_id), 1,
                                                std::string(text));
}

inline std::shared_ptr<const Tree> tree_of(std::string_view language_id, std::string_view text) {
  // However busy the machine is.
  auto tree =
      Tree::parse(document_of(language_id, text), nullptr, {.time = std::chrono::minutes(1)});
  REQUIRE(tree);
  return tree;
}

// Takes `<cursor>` out of the text and returns where it stood.
inline std::pair<std::string, size_t> take_cursor(std::string_view text) {
  const std::string_view mark = "<cursor>";
  const size_t at = text.find(mark);
  REQUIRE(at != std::string_view::npos);
  return {std::string(text.substr(0, at)) + std::string(text.substr(at + mark.size())), at};
}

inline std::string_view name_of(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::function:
      return "function";
    case SymbolKind::method:
      return "method";
    case SymbolKind::type:
      return "type";
    case SymbolKind::module:
      return "module";
    case SymbolKind::variable:
      return "variable";
    case SymbolKind::field:
      return "field";
    case SymbolKind::section:
      return "section";
  }
  return "?";
}

inline std::string describe(const Tree& tree, const Symbol& symbol) {
  const std::string_view text = tree.document().text();
  CHECK(text.substr(symbol.name_range.begin, symbol.name.size()) == symbol.name);
  CHECK(symbol.range.begin <= symbol.name_range.begin);
  CHECK(symbol.name_range.end <= symbol.range.end);
  return std::string(name_of(symbol.kind)) + " " + std::string(symbol.name) + " | " +
         std::string(
             text.substr(symbol.signature.begin, symbol.signature.end - symbol.signature.begin)) +
         "\n";
}

// One line for each symbol: "kind name | signature".
inline void check_symbols(std::string_view language_id, std::string_view text,
                          std::string_view expected) {
  const auto tree = tree_of(language_id, text);
  std::string actual;
  for (const Symbol& symbol : tree->symbols()) actual += describe(*tree, symbol);
  INFO(tree->dump());
  CHECK(actual == expected);
}

// The names around `<cursor>`, outermost first: "Shape.area".
inline void check_enclosing(std::string_view language_id, std::string_view marked,
                            std::string_view expected) {
  const auto [text, cursor] = take_cursor(marked);
  const auto tree = tree_of(language_id, text);
  std::string actual;
  for (const Symbol& symbol : tree->enclosing(cursor)) {
    actual += (actual.empty() ? "" : ".") + std::string(symbol.name);
  }
  INFO(marked << "\n" << tree->dump());
  CHECK(actual == expected);
}

// One line for each import: "module: name name".
inline void check_imports(std::string_view language_id, std::string_view text,
                          std::string_view expected) {
  const auto tree = tree_of(language_id, text);
  std::string actual;
  for (const Import& import : tree->imports()) {
    actual += std::string(import.module) + ":";
    for (const std::string_view name : import.names) actual += " " + std::string(name);
    actual += "\n";
  }
  INFO(tree->dump());
  CHECK(actual == expected);
}

// The names visible at `<cursor>`, innermost scope first.
inline void check_visible(std::string_view language_id, std::string_view marked,
                          std::string_view expected) {
  const auto [text, cursor] = take_cursor(marked);
  const auto tree = tree_of(language_id, text);
  std::string actual;
  for (const Definition& definition : tree->visible_at(cursor)) {
    actual += (actual.empty() ? "" : " ") + std::string(definition.name);
  }
  INFO(marked << "\n" << tree->dump());
  CHECK(actual == expected);
}

}  // namespace lsp::syntax
