#include <algorithm>
#include <array>
#include <utility>

#include "lsp/syntax/state.h"
#include "lsp/text/word.h"

namespace lsp::syntax {
namespace {

// Levels below the root at which imports are looked for: within `#ifdef` and `try`, and at the top
// of functions, but not in all of their code, which would cost ten times as much.
constexpr uint32_t import_depth = 4;

struct Candidate {
  Capture kind;  // function to closure
  Range range;
  Range name;       // empty for a closure
  Range signature;  // empty for a closure
  bool has_body;
};

bool is_container(Capture kind) { return kind != Capture::variable && kind != Capture::field; }

bool is_function(Capture kind) {
  return kind == Capture::function || kind == Capture::method || kind == Capture::closure;
}

TSNode child(TSNode node, std::string_view field) {
  return ts_node_child_by_field_name(node, field.data(), static_cast<uint32_t>(field.size()));
}

// The body of a definition, or of the function that a variable is defined as; else a null node.
TSNode body_of(TSNode definition) {
  const TSNode body = child(definition, "body");
  if (!ts_node_is_null(body)) return body;
  for (const std::string_view field : {"value", "right"}) {
    const TSNode value = child(definition, field);
    if (!ts_node_is_null(value) && !ts_node_is_null(child(value, "body"))) {
      return child(value, "body");
    }
  }
  return body;
}

Range signature_of(std::string_view text, Range definition, TSNode body) {
  size_t end = std::min(definition.end, text.find_first_of("\r\n", definition.begin));
  if (!ts_node_is_null(body)) end = range_of(body).begin;
  while (end > definition.begin && text::is_blank(text[end - 1])) --end;
  if (end > definition.begin && text[end - 1] == '{') --end;
  while (end > definition.begin && text::is_blank(text[end - 1])) --end;
  return {definition.begin, end};
}

Candidate candidate_of(std::span<const Captured> captured, std::string_view text) {
  Candidate candidate{};
  for (const Captured& each : captured) {
    if (each.capture == Capture::name) {
      candidate.name = range_of(each.node);
      continue;
    }
    candidate.kind = each.capture;
    candidate.range = range_of(each.node);
    if (each.capture == Capture::closure) continue;
    const TSNode body = body_of(each.node);
    candidate.has_body = !ts_node_is_null(body);
    candidate.signature = signature_of(text, candidate.range, body);
  }
  return candidate;
}

// All candidates that touch `range`, one for each name, outer before inner.
std::vector<Candidate> candidates(const Parsed& state, TSNode root, Range range) {
  std::vector<Candidate> found;
  state.query(QueryKind::symbols)
      .run(root, range, state.text(), [&](std::span<const Captured> captured) {
        found.push_back(candidate_of(captured, state.text()));
      });
  const auto by_name = [](const Candidate& c) {
    return std::tuple(c.kind == Capture::closure, c.name.begin, c.name.end, !is_container(c.kind));
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const auto& a, const auto& b) { return by_name(a) < by_name(b); });
  found.erase(std::unique(found.begin(), found.end(),
                          [](const Candidate& a, const Candidate& b) {
                            return a.kind != Capture::closure && a.name.begin == b.name.begin &&
                                   a.name.end == b.name.end;
                          }),
              found.end());
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::pair(a.range.begin, b.range.end) < std::pair(b.range.begin, a.range.end);
  });
  return found;
}

SymbolKind symbol_kind(Capture kind, const Candidate* container) {
  const bool in_type = container && container->kind == Capture::type;
  switch (kind) {
    case Capture::function:
      return in_type ? SymbolKind::method : SymbolKind::function;
    case Capture::variable:
      return in_type ? SymbolKind::field : SymbolKind::variable;
    case Capture::method:
      return SymbolKind::method;
    case Capture::type:
      return SymbolKind::type;
    case Capture::module:
      return SymbolKind::module;
    case Capture::section:
      return SymbolKind::section;
    default:
      return SymbolKind::field;
  }
}

// Knows what contains what; leaves out closures and what is local to a function.
template <typename Visit>
void visit_symbols(const std::vector<Candidate>& candidates, std::string_view text,
                   const Visit& visit) {
  std::vector<const Candidate*> containers;
  for (const Candidate& each : candidates) {
    while (!containers.empty() && containers.back()->range.end <= each.range.begin) {
      containers.pop_back();
    }
    const Candidate* container = containers.empty() ? nullptr : containers.back();
    if (is_container(each.kind)) containers.push_back(&each);
    if (each.kind == Capture::closure) continue;
    const bool is_local =
        container && is_function(container->kind) && (!is_container(each.kind) || !each.has_body);
    if (is_local) continue;
    visit(Symbol{symbol_kind(each.kind, container), slice(text, each.name), each.name, each.range,
                 each.signature});
  }
}

// Whether text typed at the end of a definition is outside of it.
bool is_closed(std::string_view definition) {
  return definition.ends_with('}') || definition.ends_with("end") || definition.ends_with(';');
}

bool holds(const Parsed& state, Range range, const Viewpoint& view) {
  if (range.begin >= view.offset || range.end < view.offset) return false;
  if (column_of(*state.document, range.begin) >= view.column) return false;
  const bool ends_by_indentation =
      state.language == Language::python || state.language == Language::markdown;
  return range.end > view.offset || ends_by_indentation || !is_closed(slice(state.text(), range));
}

std::string_view without_quotes(std::string_view text) {
  const auto is_quote = [](char byte) {
    return byte == '"' || byte == '\'' || byte == '`' || byte == '<' || byte == '>';
  };
  while (!text.empty() && is_quote(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_quote(text.back())) text.remove_suffix(1);
  return text;
}

Import import_of(std::span<const Captured> captured, std::string_view text) {
  Import import{};
  for (const Captured& each : captured) {
    const Range range = range_of(each.node);
    if (each.capture == Capture::import) import.range = range;
    if (each.capture == Capture::module) import.module = without_quotes(slice(text, range));
    if (each.capture == Capture::name) import.names.push_back(slice(text, range));
  }
  // C's grammar counts the line ending as a part of the directive.
  while (import.range.end > import.range.begin && text::is_blank(text[import.range.end - 1])) {
    --import.range.end;
  }
  return import;
}

}  // namespace

std::vector<Symbol> Tree::symbols() const {
  const Reader reader(state_->tree.get());
  std::vector<Symbol> symbols;
  visit_symbols(candidates(*state_, reader.root(), state_->all()), state_->text(),
                [&](const Symbol& symbol) { symbols.push_back(symbol); });
  return symbols;
}

std::vector<Symbol> Tree::enclosing(size_t offset) const {
  INVARIANT(offset <= state_->text().size());
  const Reader reader(state_->tree.get());
  const Viewpoint view = viewpoint_of(*state_, offset);
  const Range around{view.offset == 0 ? 0 : view.offset - 1, view.offset + 1};
  std::vector<Symbol> symbols;
  visit_symbols(candidates(*state_, reader.root(), around), state_->text(),
                [&](const Symbol& symbol) {
                  const bool is_leaf =
                      symbol.kind == SymbolKind::variable || symbol.kind == SymbolKind::field;
                  if (!is_leaf && holds(*state_, symbol.range, view)) symbols.push_back(symbol);
                });
  return symbols;
}

std::vector<Import> Tree::imports(size_t end) const {
  if (end == 0) return {};  // which Tree-sitter takes for no end
  const Reader reader(state_->tree.get());
  std::vector<Import> imports;
  const auto add = [&](std::span<const Captured> captured) {
    Import import = import_of(captured, state_->text());
    // A statement with several names matches once for each.
    const auto same = std::find_if(imports.rbegin(), imports.rend(), [&](const Import& other) {
      return other.range.begin == import.range.begin && other.module == import.module;
    });
    if (same == imports.rend()) {
      imports.push_back(std::move(import));
      return;
    }
    for (const std::string_view name : import.names) {
      const auto& names = same->names;
      const bool is_new = std::find_if(names.begin(), names.end(), [&](std::string_view other) {
                            return other.data() == name.data();
                          }) == names.end();
      if (is_new) same->names.push_back(name);
    }
  };
  state_->query(QueryKind::imports)
      .run(reader.root(), {0, std::min(end, state_->all().end)}, state_->text(), add, import_depth);
  std::stable_sort(imports.begin(), imports.end(),
                   [](const Import& a, const Import& b) { return a.range.begin < b.range.begin; });
  return imports;
}

}  // namespace lsp::syntax
