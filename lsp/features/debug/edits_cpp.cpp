// Mistakes of C and C++ alone: widths of numbers, what is a copy and what a reference, what lives
// how long, dispatch, and loops over what they change.
#include <algorithm>
#include <map>
#include <set>

#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;
using syntax::Nodes;
using Kind = DeclaredTypes::Kind;

// The identifier that a declarator ends in; no_node where it has none.
size_t declared_name(const Nodes& nodes, size_t declarator) {
  for (size_t node = declarator; node < nodes[declarator].end; ++node) {
    const std::string_view kind = nodes[node].kind;
    if (kind == "identifier" || kind == "field_identifier") return node;
    if (kind == "parameter_list" || kind == "argument_list") break;
  }
  return no_node;
}

size_t function_declarator(const Nodes& nodes, size_t function) {
  for (size_t node = nodes.child(function, "declarator"); node != no_node;) {
    if (nodes[node].kind == "function_declarator") return node;
    const auto inner = nodes.children(node);
    node = inner.empty() ? no_node : inner.back();
  }
  return no_node;
}

bool is_whole_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
}

// Where one number is too narrow, those that it is computed with are as well.
void add_widths(Edits& edits, size_t function) {
  std::vector<Part> longs, doubles;
  for (size_t node = function; node < edits.nodes[function].end; ++node) {
    if (edits.nodes[node].kind != "primitive_type" || edits.text(node) != "int") continue;
    longs.push_back({edits.nodes[node].range, "long long"});
    doubles.push_back({edits.nodes[node].range, "double"});
  }
  if (longs.size() < 2) return;
  edits.add_parts(std::move(longs), "wrong type", 0.5);
  edits.add_parts(std::move(doubles), "wrong type", 0.4);
}

void add_literal(Edits& edits, size_t node) {
  const std::string text = edits.text(node);
  if (!is_whole_number(text)) return;
  const size_t parent = edits.nodes[node].parent;
  if (edits.role(parent) == Role::arguments) {
    const size_t function = edits.nodes.child(edits.nodes[parent].parent, "function");
    if (function == no_node) return;
    const std::string_view name = edits.nodes.text(function);
    const bool folds =
        name.ends_with("accumulate") || name.ends_with("reduce") || name.ends_with("inner_product");
    if (!folds) return;
    edits.replace(node, text + "LL", "wrong type", 0.9);
    edits.replace(node, text + ".0", "wrong type", 0.9);
  } else if (edits.role(parent) == Role::binary) {
    edits.replace(node, text + ".0", "wrong type", 0.5);
    edits.replace(node, text + "LL", "wrong type", 0.4);
  }
}

// Rests of negative numbers, halves that are to be rounded up, a difference of what has no sign.
void add_arithmetic(Edits& edits, size_t node) {
  const size_t left = edits.nodes.child(node, "left"), right = edits.nodes.child(node, "right");
  const size_t sign = edits.nodes.child(node, "operator");
  if (left == no_node || right == no_node || sign == no_node) return;
  const std::string a = edits.text(left), b = edits.text(right);
  const std::string_view operation = edits.nodes.text(sign);
  if (operation == "%") {
    edits.replace(node, "(" + a + " % " + b + " + " + b + ") % " + b, "negative rest", 0.6);
  } else if (operation == "/") {
    edits.replace(node, "(" + a + " + " + b + " - 1) / " + b, "rounding", 0.5);
  } else if (operation == "<" || operation == "<=") {
    const auto parts = edits.nodes.children(right);
    const size_t minus = edits.nodes.child(right, "operator");
    if (parts.size() == 2 && minus != no_node && edits.nodes.text(minus) == "-") {
      edits.replace(node,
                    a + " + " + edits.text(parts[1]) + " " + std::string(operation) + " " +
                        edits.text(parts[0]),
                    "unsigned difference", 0.5);
    }
  }
}

// Members and variables that begin with whatever lies in memory.
void add_initial_values(Edits& edits, size_t node) {
  const size_t type = edits.nodes.child(node, "type");
  if (type == no_node) return;
  std::vector<Part> parts;
  for (const size_t child : edits.nodes.children(node)) {
    if (edits.nodes[child].field == "default_value") return;
    if (edits.nodes[child].field != "declarator") continue;
    const std::string_view kind = edits.nodes[child].kind;
    if (kind == "init_declarator" || kind == "function_declarator") continue;
    const size_t name = declared_name(edits.nodes, child);
    if (name == no_node) return;
    const Kind its = edits.types.kind_of(edits.nodes.text(name));
    const bool array = kind == "array_declarator";
    if ((its == Kind::object && !array) || its == Kind::function) return;
    const size_t end = edits.nodes[child].range.end;
    parts.push_back({{end, end},
                     array                  ? " = {}"
                     : its == Kind::number  ? " = 0"
                     : its == Kind::pointer ? " = nullptr"
                                            : " = {}"});
  }
  if (!parts.empty()) edits.add_parts(std::move(parts), "initial value", 0.8);
}

// `T x = …` for `T& x = …`, and the other way about.
void add_reference(Edits& edits, size_t declarator) {
  const size_t inner = edits.nodes.child(declarator, "declarator");
  if (inner == no_node || edits.nodes.child(declarator, "value") == no_node) return;
  const size_t declaration = edits.nodes[declarator].parent;
  if (edits.nodes[inner].kind == "reference_declarator") {
    edits.replace(inner, edits.text(inner).substr(1), "copy", 0.5);
  } else if (edits.nodes[inner].kind == "identifier" &&
             edits.nodes[declaration].kind == "declaration") {
    const size_t type = edits.nodes.child(declaration, "type");
    const bool number = type != no_node && edits.nodes[type].kind == "primitive_type";
    const Role value = edits.role(edits.nodes.child(declarator, "value"));
    const bool place = value == Role::call || value == Role::subscript || value == Role::member ||
                       value == Role::identifier || value == Role::other;
    if (place) edits.replace(inner, "&" + edits.text(inner), "copy", number ? 0.3 : 0.6);
  }
}

void add_result(Edits& edits, size_t function) {
  const size_t outer = edits.nodes.child(function, "declarator");
  const size_t own = function_declarator(edits.nodes, function);
  const size_t type = edits.nodes.child(function, "type");
  if (own == no_node || type == no_node || edits.text(type) == "void") return;
  if (edits.nodes[outer].kind == "reference_declarator") {
    edits.replace(outer, edits.text(outer).substr(1), "copy", 0.4);
  } else if (own == outer) {
    edits.replace(outer, "&" + edits.text(outer), "copy", 0.3);
  }
}

void add_captures(Edits& edits, size_t node) {
  const std::string text = edits.text(node);
  if (text == "[=]") return edits.replace(node, "[&]", "copy", 0.8);
  if (text == "[&]") return edits.replace(node, "[=]", "copy", 0.5);
  for (const size_t child : edits.nodes.children(node)) {
    const size_t begin = edits.nodes[child].range.begin;
    if (edits.nodes[child].kind != "identifier") continue;
    const bool reference = begin > 0 && edits.nodes.text()[begin - 1] == '&';
    if (reference) {
      edits.add({{begin - 1, begin}, "", "copy", 0.5});
    } else {
      edits.add({{begin, begin}, "&", "copy", 0.8});
    }
  }
}

// A reference into what grows or shrinks before it is used: what it stands for is named anew.
void add_named_anew(Edits& edits, size_t declarator) {
  const size_t inner = edits.nodes.child(declarator, "declarator");
  const size_t value = edits.nodes.child(declarator, "value");
  const size_t declaration = edits.nodes[declarator].parent;
  if (inner == no_node || value == no_node) return;
  if (edits.nodes[inner].kind != "reference_declarator") return;
  const auto name = edits.nodes.children(inner);
  const size_t block = edits.nodes[declaration].parent;
  if (name.empty() || edits.role(block) != Role::block) return;
  std::vector<Part> uses;
  for (size_t node = edits.nodes[declaration].end; node < edits.nodes[block].end; ++node) {
    if (edits.role(node) != Role::identifier || edits.text(node) != edits.text(name[0])) continue;
    uses.push_back({edits.nodes[node].range, edits.text(value)});
  }
  if (uses.empty() || uses.size() > 12) return;
  uses.push_back({edits.nodes[declaration].range, std::string(edits.grammar.no_operation)});
  edits.add_parts(std::move(uses), "stale reference", 0.6);
}

// `for (auto it = …; …; ++it) { if (…) values.erase(it); }`
void add_erasing(Edits& edits, size_t loop) {
  const size_t update = edits.nodes.child(loop, "update");
  const size_t body = edits.nodes.child(loop, "body");
  if (update == no_node || body == no_node || edits.role(body) != Role::block) return;
  const std::string step = edits.text(update);
  std::vector<Part> parts{{edits.nodes[update].range, ""}};
  for (size_t node = body; node < edits.nodes[body].end; ++node) {
    if (edits.role(node) != Role::expression_statement) continue;
    const std::string text = edits.text(node);
    const size_t at = text.find(".erase(");
    const size_t argument = at == text.npos ? at : at + 7;
    const size_t end = argument == text.npos ? argument : text.find(')', argument);
    if (end == text.npos || end + 2 != text.size()) continue;
    std::string name = text.substr(argument, end - argument);
    if (step.find(name) == step.npos) continue;
    const size_t around = edits.nodes[node].parent;
    const bool in_block = edits.role(around) == Role::block;
    const std::string again = name + " = " + text;
    const std::string inner = "\n" + edits.indentation(node);
    parts.push_back({edits.nodes[node].range,
                     in_block ? again + inner + "continue;" : "{ " + again + " continue; }"});
  }
  if (parts.size() < 2) return;
  const auto statements = edits.nodes.children(body);
  const size_t behind = edits.nodes[statements.back()].range.end;
  parts.push_back({{behind, behind}, "\n" + edits.indentation(statements.back()) + step + ";"});
  edits.add_parts(std::move(parts), "changed while iterated", 1);
}

// What is read of a thing after it is gone is read before.
void add_deleting(Edits& edits, size_t statement) {
  const auto inner = edits.nodes.children(statement);
  if (inner.size() != 1 || edits.nodes[inner[0]].kind != "delete_expression") return;
  const auto operand = edits.nodes.children(inner[0]);
  if (operand.size() != 1) return;
  const std::string pointer = edits.text(operand[0]), arrow = pointer + "->";
  const size_t block = edits.nodes[statement].parent;
  const size_t loop = edits.nodes[block].parent;
  std::set<std::string> read;
  std::vector<Part> uses;
  for (size_t node = statement; node < edits.nodes[block].end; ++node) {
    const std::string text = edits.text(node);
    if (edits.role(node) != Role::member || !text.starts_with(arrow)) continue;
    read.insert(text);
    uses.push_back({edits.nodes[node].range, "following"});
  }
  const std::string before = "\n" + edits.indentation(statement);
  const size_t begin = edits.nodes[statement].range.begin;
  if (read.size() == 1) {
    uses.push_back({{begin, begin}, "auto following = " + *read.begin() + ";" + before});
    edits.add_parts(std::move(uses), "use after free", 1);
  }
  const size_t update = loop != no_node && edits.nodes[loop].kind == "for_statement"
                            ? edits.nodes.child(loop, "update")
                            : no_node;
  const size_t from = update == no_node ? no_node : edits.nodes.child(update, "right");
  if (from == no_node || !edits.nodes.text(from).starts_with(arrow)) return;
  const std::string step = edits.text(update);
  const std::string read_there = edits.text(from);
  edits.add_parts({{edits.nodes[from].range, "following"},
                   {{edits.nodes[loop].range.begin, edits.nodes[loop].range.begin},
                    "auto following = " + pointer + ";\n" + edits.indentation(loop)},
                   {{begin, begin}, "following = " + read_there + ";" + before}},
                  "use after free", 1);
}

struct Class {
  size_t node = 0;
  std::string name;
  std::set<std::string> bases;
  std::multimap<std::string, size_t> methods;  // by name: definitions and declarations
  bool has_destructor = false;
};

std::vector<Class> classes_of(const Nodes& nodes) {
  std::vector<Class> classes;
  for (size_t node = 1; node < nodes.size(); ++node) {
    const std::string_view kind = nodes[node].kind;
    const size_t name = nodes.child(node, "name"), body = nodes.child(node, "body");
    if ((kind != "class_specifier" && kind != "struct_specifier") || name == no_node ||
        body == no_node) {
      continue;
    }
    Class found{.node = node, .name = std::string(nodes.text(name)), .bases = {}, .methods = {}};
    for (const size_t child : nodes.children(node)) {
      if (nodes[child].kind != "base_class_clause") continue;
      for (const size_t base : nodes.children(child)) found.bases.emplace(nodes.text(base));
    }
    for (const size_t member : nodes.children(body)) {
      const size_t declarator = function_declarator(nodes, member);
      if (declarator == no_node) continue;
      const size_t its = nodes.child(declarator, "declarator");
      if (its == no_node) continue;
      if (nodes[its].kind == "destructor_name") found.has_destructor = true;
      found.methods.emplace(nodes.text(its), member);
    }
    classes.push_back(std::move(found));
  }
  return classes;
}

// What a derived class defines anew and nobody gets to see.
void add_virtual(Edits& edits) {
  const auto classes = classes_of(edits.nodes);
  for (const Class& base : classes) {
    std::vector<Part> all;
    bool is_base = false;
    for (const auto& [name, member] : base.methods) {
      const std::string_view text = edits.nodes.text(member);
      const bool anew = std::any_of(classes.begin(), classes.end(), [&](const Class& derived) {
        return derived.bases.contains(base.name) && derived.methods.contains(name);
      });
      if (text.starts_with("virtual") || text.starts_with("static")) continue;
      const size_t begin = edits.nodes[member].range.begin;
      if (!anew && !name.starts_with("~")) continue;
      all.push_back({{begin, begin}, "virtual "});
      edits.add({{begin, begin}, "virtual ", "missing virtual", 0.8});
    }
    for (const Class& derived : classes) is_base = is_base || derived.bases.contains(base.name);
    if (all.size() > 1) edits.add_parts(all, "missing virtual", 1);
    if (!is_base || base.has_destructor || base.methods.empty()) continue;
    const size_t member = base.methods.begin()->second;
    const size_t begin = edits.nodes[member].range.begin;
    edits.add({{begin, begin},
               "virtual ~" + base.name + "() = default;\n" + edits.indentation(member),
               "missing virtual",
               0.5});
  }
}

}  // namespace

void add_cpp_edits(Edits& edits) {
  if (!edits.is_c_like()) return;
  add_virtual(edits);
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    const std::string_view kind = edits.nodes[node].kind;
    const Role role = edits.role(node);
    if (kind == "function_definition") {
      add_widths(edits, node);
      add_result(edits, node);
    }
    if (role == Role::number && edits.is_value(node)) add_literal(edits, node);
    if (role == Role::binary) add_arithmetic(edits, node);
    if (kind == "field_declaration" || kind == "declaration") add_initial_values(edits, node);
    if (kind == "init_declarator") {
      add_reference(edits, node);
      add_named_anew(edits, node);
    }
    if (kind == "lambda_capture_specifier") add_captures(edits, node);
    if (kind == "for_statement") add_erasing(edits, node);
    if (role == Role::expression_statement) add_deleting(edits, node);
  }
}

}  // namespace lsp::features::debug
