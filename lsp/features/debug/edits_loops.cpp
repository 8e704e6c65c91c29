// What a loop's variable is not, or not any more: a closure's own, less than zero, where the loop
// inside has come to.
#include <algorithm>
#include <set>

#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using syntax::Language;
using syntax::no_node;

// The names that are read within a node.
bool reads(const Edits& edits, size_t within, const std::string& name) {
  for (size_t node = within; node < edits.nodes[within].end; ++node) {
    if (edits.role(node) == Role::identifier && edits.text(node) == name) return true;
  }
  return false;
}

// What a loop of Python binds in each round: `for a, b in …`.
std::set<std::string> bound_by(const Edits& edits, size_t loop) {
  std::set<std::string> names;
  const size_t left = edits.nodes.child(loop, "left");
  if (left == no_node) return names;
  for (size_t node = left; node < edits.nodes[left].end; ++node) {
    if (edits.nodes[node].kind == "identifier") names.insert(edits.text(node));
  }
  return names;
}

// A function of Python that is made in a loop, and called when the loop's variable is another one.
void add_own_values(Edits& edits, size_t function, const std::set<std::string>& names) {
  const size_t parameters = edits.nodes.child(function, "parameters");
  const size_t body = edits.nodes.child(function, "body");
  if (body == no_node) return;
  const bool lambda = edits.nodes[function].kind == "lambda";
  if (!lambda && parameters == no_node) return;
  std::string own;
  for (const std::string& name : names) {
    const bool given = parameters != no_node && reads(edits, parameters, name);
    if (!given && reads(edits, body, name)) own += (own.empty() ? "" : ", ") + name + "=" + name;
  }
  if (own.empty()) return;
  if (parameters == no_node) {
    const size_t at = edits.nodes[function].range.begin + std::string_view("lambda").size();
    edits.add({{at, at}, " " + own, "late binding", 1.5});
    return;
  }
  const auto range = edits.nodes[parameters].range;
  const size_t at = lambda ? range.end : range.end - 1;
  const bool any = lambda || !edits.nodes.children(parameters).empty();
  edits.add({{at, at}, (any ? ", " : "") + own, "late binding", 1.5});
}

void add_late_bindings(Edits& edits, size_t loop) {
  const std::set<std::string> names = bound_by(edits, loop);
  // Of a comprehension the clause stands behind what it binds for.
  const bool clause = edits.nodes[loop].kind == "for_in_clause";
  const size_t around = clause ? edits.nodes[loop].parent : loop;
  for (size_t node = around; node < edits.nodes[around].end; ++node) {
    const std::string_view kind = edits.nodes[node].kind;
    if (kind == "lambda" || kind == "function_definition") add_own_values(edits, node, names);
  }
}

// `for (var i = …)`, where a function keeps `i`: all rounds share it.
void add_own_variable(Edits& edits, size_t loop) {
  for (size_t node = loop; node < edits.nodes[loop].end; ++node) {
    if (edits.nodes.text(node) != "var" || edits.nodes[node].end != node + 1) continue;
    edits.replace(node, "let", "late binding", 1);
  }
}

// `for (size_t i = n - 1; i >= 0; --i)`: what has no sign is never less than zero.
void add_countdown(Edits& edits, size_t loop) {
  const size_t start = edits.nodes.child(loop, "initializer");
  const size_t condition = edits.nodes.child(loop, "condition");
  const size_t update = edits.nodes.child(loop, "update");
  if (start == no_node || condition == no_node || update == no_node) return;
  const size_t declarator = edits.nodes.child(start, "declarator");
  if (declarator == no_node || edits.nodes[declarator].kind != "init_declarator") return;
  const size_t name = edits.nodes.child(declarator, "declarator");
  const size_t value = edits.nodes.child(declarator, "value");
  if (name == no_node || value == no_node) return;
  const std::string i = edits.text(name), step = edits.text(update);
  const bool down = step == "--" + i || step == i + "--" || step == i + " -= 1";
  if (!down || edits.text(condition) != i + " >= 0") return;
  const std::string first = edits.text(value);
  const bool less_one = first.ends_with(" - 1");
  edits.add_parts(
      {{edits.nodes[value].range, less_one ? first.substr(0, first.size() - 4) : first + " + 1"},
       {edits.nodes[condition].range, i + "-- > 0"},
       {edits.nodes[update].range, ""}},
      "counting down", 1.2);
}

// The statement that takes a loop's variable to where another one has come that began there:
// `end = at; while (…) end += 1;` is to be followed by `at = end;`.
void add_follow(Edits& edits, size_t loop) {
  const size_t condition = edits.nodes.child(loop, "condition");
  const size_t body = edits.nodes.child(loop, "body");
  if (edits.nodes[loop].kind != "while_statement" || condition == no_node || body == no_node)
    return;
  for (size_t node = body; node < edits.nodes[body].end; ++node) {
    const std::string_view kind = edits.nodes[node].kind;
    const bool declares = kind == "variable_declarator" || kind == "init_declarator";
    if (!declares && edits.role(node) != Role::assignment) continue;
    const size_t left =
        edits.nodes.child(node, declares ? (edits.is_c_like() ? "declarator" : "name") : "left");
    const size_t right = edits.nodes.child(node, declares ? "value" : "right");
    if (left == no_node || right == no_node || edits.role(left) != Role::identifier) continue;
    std::string from = edits.text(right);
    from = from.substr(0, from.find(' '));
    if (from == edits.text(left) || !reads(edits, condition, from)) continue;
    size_t block = edits.nodes[node].parent;
    while (block != body && edits.role(block) != Role::block) block = edits.nodes[block].parent;
    const auto statements = edits.nodes.children(block);
    if (statements.empty()) continue;
    const size_t at = edits.nodes[statements.back()].range.end;
    const bool python = edits.grammar.language == Language::python;
    edits.add({{at, at},
               "\n" + edits.indentation(statements.back()) + from + " = " + edits.text(left) +
                   (python ? "" : ";"),
               "missing update",
               1.5});
  }
}

}  // namespace

void add_loop_edits(Edits& edits) {
  const bool python = edits.grammar.language == Language::python;
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    const std::string_view kind = edits.nodes[node].kind;
    const bool loop = edits.role(node) == Role::loop;
    if (python && (kind == "for_statement" || kind == "for_in_clause")) {
      add_late_bindings(edits, node);
    } else if (loop && is_script(edits.grammar.language)) {
      add_own_variable(edits, node);
    } else if (kind == "for_statement" && edits.is_c_like()) {
      add_countdown(edits, node);
    }
    if (loop) add_follow(edits, node);
  }
}

}  // namespace lsp::features::debug
