#include "lsp/features/next_edits/occurrences.h"

#include <algorithm>

#include "lsp/text/word.h"

namespace lsp::features::next_edits {
namespace {

using syntax::FlatNode;
using syntax::Language;
using syntax::no_node;

bool is_identifier(std::string_view kind) {
  return kind.ends_with("identifier") || kind == "variable_name";
}

// Where the blanks before `at` begin.
size_t before_blanks(std::string_view text, size_t at) {
  while (at > 0 && text::is_blank(text[at - 1])) --at;
  return at;
}

// The access that a name is behind: "." of `a.name`; empty where there is none.
std::string_view access_before(std::string_view text, size_t name) {
  const std::string_view left = text.substr(0, before_blanks(text, name));
  for (const std::string_view access : {"->", "::", "?."}) {
    if (left.ends_with(access)) return access;
  }
  return left.ends_with('.') && !left.ends_with("..") ? "." : "";
}

}  // namespace

IsName name_bytes(std::optional<Language> language) {
  const bool has_dollar = language == Language::javascript || language == Language::typescript ||
                          language == Language::tsx;
  return has_dollar ? text::is_name : text::is_word;
}

Range widened(std::string_view text, Range range, IsName is_name) {
  while (range.begin > 0 && is_name(text[range.begin - 1])) --range.begin;
  while (range.end < text.size() && is_name(text[range.end])) ++range.end;
  return range;
}

std::vector<Range> words(std::string_view text, std::string_view name, IsName is_name) {
  std::vector<Range> found;
  for (size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + name.size())) {
    const Range range{at, at + name.size()};
    if (widened(text, range, is_name) == range) found.push_back(range);
  }
  return found;
}

Occurrences::Occurrences(const syntax::Tree& tree)
    : tree_(tree), nodes_(tree), text_(tree.document().text()) {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].end == i + 1) leaves_.push_back(i);
  }
}

size_t Occurrences::leaf_at(Range range) const {
  const auto found =
      std::lower_bound(leaves_.begin(), leaves_.end(), range.begin,
                       [&](size_t leaf, size_t at) { return nodes_[leaf].range.begin < at; });
  for (auto leaf = found; leaf != leaves_.end() && nodes_[*leaf].range.begin == range.begin;
       ++leaf) {
    if (nodes_[*leaf].range.end == range.end) return *leaf;
  }
  return no_node;
}

Role Occurrences::role_of(size_t leaf) const {
  if (leaf == no_node) return Role::other;
  const FlatNode& node = nodes_[leaf];
  const std::string_view parent = node.parent == no_node ? "" : nodes_[node.parent].kind;
  if (!is_identifier(node.kind)) return Role::other;
  if (node.kind.starts_with("shorthand_property_identifier")) return Role::shorthand;
  if (!access_before(text_, node.range.begin).empty()) return Role::member;
  if (parent == "method_index_expression" && node.field == "method") return Role::member;
  if (parent == "keyword_argument" && node.field == "name") return Role::other;
  if (node.kind == "property_identifier") return Role::other;
  return Role::variable;
}

Occurrence Occurrences::at(Range range) const {
  const size_t leaf = leaf_at(range);
  Occurrence occurrence{range, role_of(leaf), {}};
  if (occurrence.role == Role::other || occurrence.role == Role::member) return occurrence;
  const std::string_view around =
      nodes_[leaf].parent == no_node ? "" : nodes_[nodes_[leaf].parent].kind;
  if (around == "global_statement" || around == "nonlocal_statement") return occurrence;
  for (const syntax::Definition& definition : tree_.visible_at(range.begin, range)) {
    if (definition.name_range == range) occurrence.binds = definition.scope;
  }
  return occurrence;
}

std::vector<Occurrence> Occurrences::of(std::string_view name) const {
  std::vector<Occurrence> all;
  std::vector<Range> outside;  // scopes in which the name is declared to be one from outside
  for (const Range range : words(text_, name, name_bytes(tree_.language()))) {
    all.push_back(at(range));
    const size_t leaf = leaf_at(range);
    const size_t statement =
        leaf == no_node ? no_node : nodes_.around(leaf, {"global_statement", "nonlocal_statement"});
    if (statement == no_node) continue;
    const size_t function = nodes_.around(statement, {"function_definition"});
    if (function != no_node) outside.push_back(nodes_[function].range);
  }
  for (Occurrence& each : all) {
    for (const Range scope : outside) {
      if (each.binds && *each.binds == scope) each.binds.reset();
    }
  }
  return all;
}

// What a class of Python binds is not seen from its methods, and what a definition's head holds
// (defaults, annotations, bases, the first sequence of a comprehension) is seen from outside.
bool Occurrences::is_hidden(Range scope, Range place) const {
  if (tree_.language() != Language::python) return false;
  bool in_head = false;
  bool in_function = false;
  for (size_t node = leaf_at(place); node != no_node; node = nodes_[node].parent) {
    const FlatNode& here = nodes_[node];
    const bool is_function = here.kind == "function_definition" || here.kind == "lambda" ||
                             here.kind.ends_with("comprehension") ||
                             here.kind == "generator_expression";
    const bool is_class = here.kind == "class_definition";
    if (here.range == scope) return in_head || (is_class && in_function);
    in_function = in_function || (is_function && !in_head);
    if (is_function || is_class) in_head = false;
    if (here.parent == no_node) break;
    const std::string_view around = nodes_[here.parent].kind;
    in_head = in_head || here.field == "superclasses" || here.field == "return_type" ||
              (here.field == "value" && around.ends_with("default_parameter")) ||
              (here.field == "type" && around.ends_with("parameter")) ||
              (here.field == "right" && around == "for_in_clause" && is_first_clause(here.parent));
  }
  return false;
}

// Of a comprehension: the ones before it are the value and nothing else.
bool Occurrences::is_first_clause(size_t clause) const {
  for (const size_t sibling : nodes_.children(nodes_[clause].parent)) {
    if (nodes_[sibling].kind == "for_in_clause") return sibling == clause;
  }
  return false;
}

std::optional<Range> Occurrences::scope_at(Range place, const std::vector<Occurrence>& all,
                                           std::optional<Range> also) const {
  std::optional<Range> innermost;
  const auto look = [&](Range scope) {
    const bool holds = is_whole(scope) || (scope.begin <= place.begin && place.end <= scope.end);
    if (!holds || is_hidden(scope, place)) return;
    if (!innermost || scope.end - scope.begin < innermost->end - innermost->begin)
      innermost = scope;
  };
  for (const Occurrence& each : all) {
    if (!each.binds) continue;
    // A function's own name stands in the scope that it opens, and is bound outside.
    if (each.range == place) return each.binds;
    look(*each.binds);
  }
  if (also) look(*also);
  return innermost;
}

std::optional<Range> Occurrences::own_statement(Range place) const {
  const size_t leaf = leaf_at(place);
  if (leaf == no_node || tree_.language() != Language::python) return std::nullopt;
  const size_t statement =
      nodes_.around(leaf, {"for_statement", "with_statement", "except_clause", "block"});
  if (statement == no_node || nodes_[statement].kind == "block") return std::nullopt;
  return nodes_[statement].range;
}

std::string_view Occurrences::owner(Range member) const {
  const size_t end = before_blanks(text_, member.begin);
  const std::string_view access = access_before(text_, member.begin);
  const size_t dot = access.empty() && end > 0 && text_[end - 1] == ':' ? 1 : access.size();
  const size_t last = before_blanks(text_, end - dot);
  const Range word = widened(text_, {last, last}, name_bytes(tree_.language()));
  if (dot == 0 || word.end != last) return {};
  if (!access_before(text_, word.begin).empty()) return {};
  return text_.substr(word.begin, last - word.begin);
}

std::optional<syntax::Symbol> Occurrences::type_around(Range place) const {
  std::optional<syntax::Symbol> innermost;
  for (const syntax::Symbol& symbol : tree_.enclosing(place.begin)) {
    if (symbol.kind == syntax::SymbolKind::type) innermost = symbol;
  }
  return innermost;
}

bool Occurrences::is_whole(Range scope) const {
  return scope.begin == nodes_[0].range.begin && scope.end == nodes_[0].range.end;
}

}  // namespace lsp::features::next_edits
