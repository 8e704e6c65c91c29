// A constant where a variable was meant, a key or a member of a variable's name where its value
// was, and a table whose rows are in another order.
#include <algorithm>
#include <map>

#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;

struct Variable {
  size_t set = 0;          // from where on it has a value
  bool parameter = false;  // of the function
  bool read = false;
  bool has_parts = false;  // it is indexed, or members of it are named
};
using Variables = std::map<std::string, Variable>;

bool binds(const Edits& edits, size_t node, size_t function) {
  const auto& each = edits.nodes[node];
  if (each.kind == "shorthand_property_identifier_pattern") return true;
  if (each.kind != "identifier" || edits.is_value(node)) return false;
  const std::string_view around = edits.nodes[each.parent].kind;
  return each.parent != function && each.field != "attribute" && around != "keyword_argument" &&
         around != "function_declarator" && around != "expression_statement";
}

bool is_read(const Edits& edits, size_t node) {
  if (edits.nodes[node].kind.starts_with("shorthand_property_identifier")) return true;
  return edits.role(node) == Role::identifier && edits.is_value(node);
}

bool has_parts(const Edits& edits, size_t node) {
  const Role around = edits.role(edits.nodes[node].parent);
  const std::string_view field = edits.nodes[node].field;
  return (around == Role::member || around == Role::subscript) &&
         (field == "value" || field == "object" || field == "argument");
}

Variables variables_of(const Edits& edits, size_t function, size_t body) {
  Variables variables;
  for (const std::string& name : edits.parameters(function)) variables[name].parameter = true;
  for (size_t node = body; node < edits.nodes[body].end; ++node) {
    if (!binds(edits, node, function)) continue;
    // An assignment gives its value once it has been made.
    const size_t around = edits.nodes[node].parent;
    const bool assigned =
        edits.role(around) == Role::assignment || edits.nodes[around].kind.ends_with("_declarator");
    const size_t set = edits.nodes[assigned ? around : node].range.end;
    variables.try_emplace(edits.text(node), Variable{.set = set});
  }
  for (size_t node = body; node < edits.nodes[body].end; ++node) {
    if (!is_read(edits, node)) continue;
    const auto variable = variables.find(edits.text(node));
    if (variable == variables.end()) continue;
    variable->second.read = true;
    if (has_parts(edits, node)) variable->second.has_parts = true;
  }
  return variables;
}

// `x - x`, `x == x`: of no use.
bool meets_itself(const Edits& edits, size_t node, const std::string& name) {
  const size_t around = edits.nodes[node].parent;
  if (edits.role(around) != Role::binary) return false;
  const size_t sign = edits.nodes.child(around, "operator");
  const std::string_view operation = sign == no_node ? "" : edits.nodes.text(sign);
  if (operation == "+" || operation == "*") return false;
  const auto operands = edits.nodes.children(around);
  return std::any_of(operands.begin(), operands.end(), [&](size_t operand) {
    return operand != node && edits.nodes.text(operand) == name;
  });
}

void add_variables(Edits& edits, size_t node, const Variables& variables) {
  using Kind = DeclaredTypes::Kind;
  const Role role = edits.role(node);
  const bool given = edits.role(edits.nodes[node].parent) == Role::arguments;
  for (const auto& [name, variable] : variables) {
    const Kind kind = edits.types.kind_of(name);
    // Who takes a parameter wants it to be read.
    const bool forgotten = variable.parameter && !variable.read;
    const bool number = kind == Kind::number || (kind == Kind::unknown && !variable.has_parts);
    if (variable.set > edits.nodes[node].range.begin) continue;
    if (!forgotten && (role != Role::number || !(number || given))) continue;
    if (meets_itself(edits, node, name)) continue;
    edits.replace(node, name, "wrong variable", forgotten ? 1.5 : given ? 0.35 : 0.3);
  }
}

// `row.column` and `row["column"]`, where `row[column]` was meant.
void add_computed_key(Edits& edits, size_t node, const Variables& variables) {
  const size_t around = edits.nodes[node].parent;
  std::string name = edits.text(node);
  const auto known = [&] {
    const auto variable = variables.find(name);
    return variable != variables.end() && variable->second.set <= edits.nodes[node].range.begin;
  };
  if (edits.role(node) == Role::string && edits.role(around) == Role::subscript) {
    if (name.size() < 3) return;
    name = name.substr(1, name.size() - 2);
    if (known()) edits.replace(node, name, "wrong key", 1);
  } else if (edits.nodes[node].kind == "property_identifier" && known()) {
    const size_t object = edits.nodes.child(around, "object");
    if (edits.nodes[around].kind != "member_expression" || object == no_node) return;
    edits.replace(around, edits.text(object) + "[" + name + "]", "wrong key", 0.7);
  }
}

bool is_row_or_table(const Edits& edits, size_t node) {
  return edits.role(node) == Role::collection || edits.nodes[node].kind == "tuple";
}

// Of a table that is gone through from its first row to its last.
void add_row_order(Edits& edits, size_t table) {
  const auto rows = edits.nodes.children(table);
  for (size_t i = 0; i + 1 < rows.size(); ++i) {
    if (!is_row_or_table(edits, rows[i]) || !is_row_or_table(edits, rows[i + 1])) continue;
    edits.swap(rows[i], rows[i + 1], "order of elements", 0.25);
  }
}

}  // namespace

void add_constant_edits(Edits& edits) {
  std::map<size_t, Variables> all;
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    const Role role = edits.role(node);
    if (is_row_or_table(edits, node)) add_row_order(edits, node);
    const bool constant =
        (role == Role::number || role == Role::string || role == Role::constant) &&
        edits.is_value(node);
    const bool key = role == Role::string || edits.nodes[node].kind == "property_identifier";
    if (!key && !constant) continue;
    for (size_t function = edits.function_around(node); function != 0;
         function = edits.function_around(edits.nodes[function].parent)) {
      const size_t body = edits.nodes.child(function, "body");
      if (body == no_node || !edits.nodes.is_within(node, body)) continue;
      const auto [known, is_new] = all.try_emplace(function);
      if (is_new) known->second = variables_of(edits, function, body);
      if (constant) add_variables(edits, node, known->second);
      if (key) add_computed_key(edits, node, known->second);
    }
  }
}

}  // namespace lsp::features::debug
