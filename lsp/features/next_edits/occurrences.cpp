#include "lsp/features/next_edits/occurrences.h"

#include <algorithm>

namespace lsp::features::next_edits {
namespace {

using syntax::FlatNode;
using syntax::Language;
using syntax::no_node;

bool is_identifier(std::string_view kind) {
  return kind.find("identifier") != std::string_view::npos || kind == "variable_name";
}

bool is_script(Language language) { return syntax::share_names(language, Language::javascript); }

bool is_access(std::string_view token, Language language) {
  const bool is_c = language == Language::cpp || language == Language::c;
  return token == "." || token == "::" || token == "?." || (token == "->" && is_c);
}

}  // namespace

IsName name_bytes(std::optional<Language> language) {
  return language && is_script(*language) ? text::is_name : text::is_word;
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

// The token before a leaf's, comments left out.
size_t Occurrences::before(size_t leaf) const {
  if (leaf == no_node) return no_node;
  auto place = std::lower_bound(leaves_.begin(), leaves_.end(), leaf);
  while (place != leaves_.begin()) {
    --place;
    if (nodes_[*place].kind.find("comment") == std::string_view::npos) return *place;
  }
  return no_node;
}

// Whether a name is behind another one's dot, arrow or colons. Lua calls methods by a colon.
bool Occurrences::is_member(size_t leaf) const {
  const size_t token = before(leaf);
  if (token == no_node) return false;
  if (nodes_[nodes_[token].parent].kind == "trailing_return_type") return false;
  return is_access(nodes_.text(token), tree_.language()) || nodes_[leaf].field == "method";
}

// In `import { name as here }`, `export { here as name }` and `export { name } from "elsewhere"`.
bool Occurrences::is_of_other_module(size_t leaf) const {
  const size_t specifier = nodes_[leaf].parent;
  const bool is_import = nodes_[specifier].kind == "import_specifier";
  const bool is_name = nodes_[leaf].field == "name";
  if (is_import) return is_name && nodes_.child(specifier, "alias") != no_node;
  const size_t statement = nodes_.around(specifier, {"export_statement"});
  const bool is_from = statement != no_node && nodes_.child(statement, "source") != no_node;
  return is_from || !is_name;
}

Role Occurrences::role_of(size_t leaf) const {
  if (leaf == no_node) return Role::other;
  const FlatNode& node = nodes_[leaf];
  const std::string_view parent = node.parent == no_node ? "" : nodes_[node.parent].kind;
  if (!is_identifier(node.kind)) return Role::other;
  if (node.kind.starts_with("shorthand_property_identifier")) return Role::shorthand;
  if (is_member(leaf)) return Role::member;
  if (parent == "field_initializer") return Role::initialized;
  if (parent == "keyword_argument" && node.field == "name") return Role::other;
  if (node.kind == "property_identifier") return Role::other;
  if (parent.ends_with("port_specifier") && is_of_other_module(leaf)) return Role::other;
  return Role::variable;
}

Occurrence Occurrences::at(Range range) const {
  const size_t leaf = leaf_at(range);
  Occurrence occurrence{range, role_of(leaf), {}};
  if (occurrence.role == Role::other || occurrence.role == Role::member) return occurrence;
  const std::string_view around =
      nodes_[leaf].parent == no_node ? "" : nodes_[nodes_[leaf].parent].kind;
  if (around == "global_statement" || around == "nonlocal_statement") return occurrence;
  if (is_plain_assignment(leaf)) return occurrence;
  for (const syntax::Definition& definition : tree_.visible_at(range.end, range)) {
    if (definition.name_range == range) occurrence.binds = scope_of(leaf, definition.scope);
  }
  return occurrence;
}

// Whether `leaf` is what a `var` declares.
bool Occurrences::is_hoisted(size_t leaf) const {
  const size_t loop = nodes_[leaf].parent;
  if (nodes_[loop].kind == "for_in_statement" && nodes_[leaf].field == "left") {
    const size_t kind = nodes_.child(loop, "kind");
    return kind != no_node && nodes_.text(kind) == "var";
  }
  const size_t declarator = nodes_.around(leaf, {"variable_declarator"});
  if (declarator == no_node) return false;
  const size_t name = nodes_.child(declarator, "name");
  return name != no_node && nodes_.is_within(leaf, name) &&
         nodes_[nodes_[declarator].parent].kind == "variable_declaration";
}

// What C++'s declarations without a body name is their own, and so are the values of `enum class`.
Range Occurrences::of_declaration(size_t leaf, Range scope) const {
  const size_t inner = nodes_.around(
      leaf, {"parameter_list", "enumerator_list", "compound_statement", "field_declaration_list"});
  if (inner == no_node) return scope;
  if (nodes_[inner].kind == "parameter_list") {
    const size_t function = nodes_.around(
        inner, {"function_definition", "lambda_expression", "declaration", "field_declaration",
                "function_declaration", "method_declaration", "func_literal"});
    const bool has_body = function == no_node || !nodes_[function].kind.ends_with("declaration") ||
                          nodes_.child(function, "body") != no_node;
    return has_body ? scope : nodes_[inner].range;
  }
  if (nodes_[inner].kind != "enumerator_list") return scope;
  for (const size_t part : nodes_.children(nodes_[inner].parent, syntax::Nodes::Which::all)) {
    if (nodes_.text(part) == "class" || nodes_.text(part) == "struct") return nodes_[inner].range;
  }
  return scope;
}

// Lua's assignments bind nothing anew but with `local`.
bool Occurrences::is_plain_assignment(size_t leaf) const {
  if (tree_.language() != Language::lua) return false;
  const size_t statement = nodes_.around(leaf, {"assignment_statement", "arguments", "block"});
  return statement != no_node && nodes_[statement].kind == "assignment_statement" &&
         nodes_[nodes_[statement].parent].kind != "variable_declaration";
}

// Of what is bound by `leaf`, innermost in `scope`. JavaScript's `var` binds in the function. A
// template of C++ has its parameters for itself; what it declares is seen from around it.
Range Occurrences::scope_of(size_t leaf, Range scope) const {
  if (is_script(tree_.language()) && is_hoisted(leaf)) {
    const size_t function = nodes_.around(
        nodes_[leaf].parent,
        {"function_declaration", "function_expression", "arrow_function", "method_definition",
         "generator_function", "generator_function_declaration", "class_static_block", "program"});
    return function == no_node ? scope : nodes_[function].range;
  }
  scope = of_declaration(leaf, scope);
  size_t node = leaf;
  while (node != no_node && nodes_[node].range != scope) node = nodes_[node].parent;
  if (node == no_node || nodes_[node].kind != "template_declaration") return scope;
  if (nodes_.around(leaf, {"template_parameter_list", "template_declaration"}) != node) {
    return scope;
  }
  const size_t around = nodes_.around(
      nodes_[node].parent, {"declaration_list", "field_declaration_list", "translation_unit"});
  return around == no_node ? scope : nodes_[around].range;
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
    if (!is_whole(scope) && !holds(scope, place)) return;
    if (is_hidden(scope, place)) return;
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
  const size_t leaf = leaf_at(member);
  const size_t object = leaf == no_node || !is_member(leaf) ? no_node : before(before(leaf));
  if (object == no_node || is_member(object)) return {};
  return nodes_.text(object);
}

std::optional<syntax::Symbol> Occurrences::symbol_at(Range name) const {
  for (const syntax::Symbol& symbol : tree_.symbols()) {
    if (symbol.name_range == name) return symbol;
  }
  return std::nullopt;
}

bool Occurrences::is_identifier_at(Range place) const {
  const size_t leaf = leaf_at(place);
  return leaf != no_node && is_identifier(nodes_[leaf].kind);
}

bool Occurrences::is_target(Range place) const {
  for (size_t node = leaf_at(place); node != no_node; node = nodes_[node].parent) {
    const std::string_view kind = nodes_[node].kind;
    const std::string_view around =
        nodes_[node].parent == no_node ? "" : nodes_[nodes_[node].parent].kind;
    const bool is_assigned =
        around.find("assignment") != std::string_view::npos || around.starts_with("for_");
    if ((nodes_[node].field == "left" && is_assigned) || kind == "delete_statement" ||
        kind == "update_expression" || kind.ends_with("parameters") ||
        kind.ends_with("parameter_list")) {
      return true;
    }
    if (kind.ends_with("statement") || kind == "arguments" || kind == "argument_list") return false;
  }
  return false;
}

bool Occurrences::is_in_async(Range place) const {
  const size_t leaf = leaf_at(place);
  const size_t function =
      leaf == no_node ? no_node
                      : nodes_.around(leaf, {"function_definition", "lambda", "arrow_function",
                                             "function_declaration", "function_expression",
                                             "method_definition", "generator_function"});
  if (function == no_node) return false;
  const std::vector<size_t> parts = nodes_.children(function, syntax::Nodes::Which::all);
  return std::any_of(parts.begin(), parts.end(),
                     [&](size_t part) { return nodes_.text(part) == "async"; });
}

bool Occurrences::is_parameter_property(Range name) const {
  const size_t leaf = leaf_at(name);
  if (leaf == no_node || nodes_[leaf].parent == no_node) return false;
  const std::vector<size_t> parts = nodes_.children(nodes_[leaf].parent);
  return std::any_of(parts.begin(), parts.end(),
                     [&](size_t part) { return nodes_[part].kind == "accessibility_modifier"; });
}

std::optional<Range> Occurrences::function_of_parameter(Range name) const {
  size_t parameter = leaf_at(name);
  if (parameter == no_node || tree_.language() != Language::python) return std::nullopt;
  const size_t around = nodes_[parameter].parent;
  const bool is_named =
      nodes_[parameter].field == "name" || nodes_[around].kind == "typed_parameter";
  if (nodes_[around].kind.ends_with("_parameter") && is_named) parameter = around;
  const size_t list = nodes_[parameter].parent;
  if (list == no_node || nodes_[list].kind != "parameters") return std::nullopt;
  for (const size_t other : nodes_.children(list)) {
    const bool is_by_place = other > parameter && nodes_[other].kind == "positional_separator";
    if (is_by_place) return std::nullopt;
  }
  const size_t function = nodes_.child(nodes_[list].parent, "name");
  if (function == no_node) return std::nullopt;
  return nodes_[function].range;
}

std::optional<Range> Occurrences::called_with(Range name) const {
  const size_t leaf = leaf_at(name);
  if (leaf == no_node || nodes_[leaf].field != "name") return std::nullopt;
  const size_t argument = nodes_[leaf].parent;
  if (nodes_[argument].kind != "keyword_argument") return std::nullopt;
  const size_t call = nodes_[nodes_[argument].parent].parent;
  if (call == no_node || nodes_[call].kind != "call") return std::nullopt;
  size_t called = nodes_.child(call, "function");
  if (called != no_node && nodes_[called].kind == "attribute") {
    called = nodes_.child(called, "attribute");
  }
  if (called == no_node) return std::nullopt;
  return nodes_[called].range;
}

bool Occurrences::is_annotated(Range name) const {
  const size_t leaf = leaf_at(name);
  return leaf != no_node && nodes_[leaf].parent != no_node && nodes_[leaf].field == "left" &&
         nodes_.child(nodes_[leaf].parent, "type") != no_node;
}

std::string_view Occurrences::type_of_function(Range place) const {
  std::string_view type;
  for (const syntax::Symbol& symbol : tree_.enclosing(place.begin)) {
    const bool is_function =
        symbol.kind == syntax::SymbolKind::function || symbol.kind == syntax::SymbolKind::method;
    if (is_function) type = owner(symbol.name_range);
  }
  return type;
}

std::optional<syntax::Symbol> Occurrences::type_around(Range place) const {
  std::optional<syntax::Symbol> innermost;
  for (const syntax::Symbol& symbol : tree_.enclosing(place.begin)) {
    if (symbol.kind == syntax::SymbolKind::type) innermost = symbol;
  }
  return innermost;
}

bool Occurrences::is_whole(Range scope) const { return scope == nodes_[0].range; }

}  // namespace lsp::features::next_edits
