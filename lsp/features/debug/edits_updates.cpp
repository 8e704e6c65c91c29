// What a loop forgets: to begin anew, to go on, to keep count; and statements that stand inside of
// a block, or outside.
#include <algorithm>
#include <set>

#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;

// Before or behind a statement of a block, as a line of its own.
void insert(Edits& edits, size_t at, size_t like, const std::string& statement, bool behind,
            std::string_view what, double prior) {
  const std::string line = edits.indentation(like);
  edits.add({{at, at}, behind ? "\n" + line + statement : statement + "\n" + line, what, prior});
}

void insert_at_end(Edits& edits, size_t block, const std::string& statement, std::string_view what,
                   double prior) {
  const auto statements = edits.nodes.children(block);
  if (statements.empty()) return;
  const size_t last = statements.back();
  const bool leaves = edits.role(last) == Role::returning || edits.role(last) == Role::jump;
  const auto range = edits.nodes[last].range;
  insert(edits, leaves ? range.begin : range.end, last, statement, !leaves, what, prior);
}

void insert_at_begin(Edits& edits, size_t block, const std::string& statement,
                     std::string_view what, double prior) {
  const auto statements = edits.nodes.children(block);
  if (statements.empty()) return;
  insert(edits, edits.nodes[statements[0]].range.begin, statements[0], statement, false, what,
         prior);
}

// What is assigned, or counted up or down, within a node.
std::set<std::string> changed_in(const Edits& edits, size_t within) {
  std::set<std::string> names;
  for (size_t node = within; node < edits.nodes[within].end; ++node) {
    if (edits.role(node) == Role::assignment) {
      const size_t left = edits.nodes.child(node, "left");
      if (left != no_node) names.insert(edits.text(left));
    } else if (edits.nodes[node].kind == "update_expression") {
      const size_t argument = edits.nodes.child(node, "argument");
      if (argument != no_node) names.insert(edits.text(argument));
    } else if (edits.role(node) == Role::call) {
      const size_t function = edits.nodes.child(node, "function");
      if (function != no_node && edits.role(function) == Role::member) {
        names.insert(edits.text(function + 1));
      }
    }
  }
  return names;
}

// `int count = 0;` before a loop that counts, and never again.
void add_resets(Edits& edits, size_t declarator) {
  const size_t name = edits.nodes.child(declarator, "declarator");
  const size_t value = edits.nodes.child(declarator, "value");
  const size_t declaration = edits.nodes[declarator].parent;
  const size_t block = edits.nodes[declaration].parent;
  if (name == no_node || value == no_node || edits.role(block) != Role::block) return;
  if (edits.nodes[name].kind != "identifier") return;
  const std::string variable = edits.text(name);
  const std::string reset = variable + " = " + edits.text(value) + ";";
  for (size_t loop = edits.nodes[declaration].end; loop < edits.nodes[block].end; ++loop) {
    if (edits.role(loop) != Role::loop || !changed_in(edits, loop).contains(variable)) continue;
    for (size_t node = loop + 1; node < edits.nodes[loop].end; ++node) {
      if (edits.role(node) != Role::block) continue;
      insert_at_end(edits, node, reset, "missing update", 0.6);
      insert_at_begin(edits, node, reset, "missing update", 0.4);
    }
  }
}

// A whole number by which something in the loop is divided for its rest: `total += n % 10`. Empty
// where there is none.
std::string divisor_in(const Edits& edits, size_t body, const std::string& name) {
  for (size_t node = body; node < edits.nodes[body].end; ++node) {
    const auto parts = edits.nodes.children(node);
    if (edits.role(node) != Role::binary || parts.size() != 2) continue;
    const size_t sign = edits.nodes.child(node, "operator");
    const bool rest = sign != no_node && edits.nodes.text(sign) == "%";
    if (rest && edits.text(parts[0]) == name && edits.role(parts[1]) == Role::number) {
      return edits.text(parts[1]);
    }
  }
  return "";
}

// What may bring `name` nearer to the end of a loop, in each language's way of writing it.
std::vector<std::string> steps_of(const Edits& edits, size_t body, const std::string& name) {
  if (edits.is_c_like()) return {"++" + name + ";", "--" + name + ";"};
  const bool python = edits.grammar.language == syntax::Language::python;
  std::vector<std::string> steps = {python ? name + " += 1" : name + "++;",
                                    python ? name + " -= 1" : name + "--;"};
  const std::string divisor = divisor_in(edits, body, name);
  if (!divisor.empty()) {
    const std::string quotient = name + " / " + divisor;
    steps.push_back(python ? name + " //= " + divisor : name + " = Math.floor(" + quotient + ");");
  }
  static constexpr std::string_view links[] = {"next",     "parent", "prev",
                                               "previous", "left",   "right"};
  for (const std::string_view link : links) {
    const std::string member = "." + std::string(link);
    if (edits.nodes.text().find(member) == std::string_view::npos) continue;
    steps.push_back(name + " = " + name + member + (python ? "" : ";"));
  }
  return steps;
}

// Names in a condition that a step may change: of `i < len(items)` i alone.
std::set<std::string> names_that_step(const Edits& edits, size_t condition) {
  std::set<std::string> names;
  for (size_t node = condition; node < edits.nodes[condition].end; ++node) {
    const Role role = edits.role(node);
    const bool part = role == Role::call || role == Role::member || role == Role::subscript;
    if (part && !edits.is_c_like()) {
      node = edits.nodes[node].end - 1;
    } else if (role == Role::identifier && edits.is_value(node)) {
      names.insert(edits.text(node));
    }
  }
  return names;
}

// A loop that never gets nearer to its end.
void add_steps(Edits& edits, size_t loop) {
  const size_t condition = edits.nodes.child(loop, "condition");
  const size_t body = edits.nodes.child(loop, "body");
  if (condition == no_node || body == no_node || edits.nodes[loop].kind == "for_statement") return;
  const auto changed = changed_in(edits, body);
  // Where nothing of the condition changes, that is what is wrong.
  const std::set<std::string> names = names_that_step(edits, condition);
  const bool none = std::none_of(names.begin(), names.end(),
                                 [&](const std::string& name) { return changed.contains(name); });
  for (const std::string& name : names) {
    const auto kind = edits.types.kind_of(name);
    using Kind = DeclaredTypes::Kind;
    if (kind == Kind::object || kind == Kind::function) continue;
    const double prior = changed.contains(name) ? 0.3 : none ? 1.5 : 0.9;
    for (size_t node = body; node < edits.nodes[body].end; ++node) {
      if (edits.role(node) != Role::block) continue;
      const double own = node == body ? prior : 0.6 * prior;
      for (const std::string& step : steps_of(edits, body, name)) {
        insert_at_end(edits, node, step, "missing update", edits.is_c_like() ? prior : own);
      }
    }
  }
}

// What other functions count, this one may have forgotten.
void add_counts(Edits& edits) {
  std::set<std::string> counted;
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.nodes[node].kind != "update_expression") continue;
    const size_t argument = edits.nodes.child(node, "argument");
    if (argument == no_node) continue;
    const std::string name = edits.text(argument);
    if (edits.types.is_member(name)) counted.insert(name);
  }
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    const bool body = edits.role(node) == Role::block && edits.nodes[node].field == "body" &&
                      edits.role(edits.nodes[node].parent) == Role::function;
    if (!body) continue;
    for (const std::string& name : counted) {
      for (const char* step : {"++", "--"}) {
        insert_at_end(edits, node, step + name + ";", "missing update", 0.3);
      }
    }
  }
}

// Of Python and JavaScript: what one method does with its object (`self.order.append(key)`), and
// another one may have forgotten, where it knows all that is named in it.
void add_copied(Edits& edits) {
  const std::string itself(edits.grammar.itself);
  const auto class_of = [&](size_t node) {
    return edits.nodes.around(node, {"class_definition", "class_declaration", "class"});
  };
  std::vector<size_t> methods, statements;
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    const size_t body = edits.nodes.child(node, "body");
    const bool function = edits.role(node) == Role::function && body != no_node;
    if (function && edits.role(body) == Role::block && class_of(node) != no_node) {
      methods.push_back(node);
    }
    const bool statement =
        edits.role(node) == Role::expression_statement && edits.is_statement(node);
    if (statement && edits.text(node).starts_with(itself)) statements.push_back(node);
  }
  for (const size_t method : methods) {
    const size_t body = edits.nodes.child(method, "body");
    const auto known = edits.parameters(method);
    for (const size_t statement : statements) {
      const std::string text = edits.text(statement);
      if (edits.function_around(statement) == method || class_of(statement) != class_of(method) ||
          edits.text(body).find(text) != std::string::npos) {
        continue;
      }
      const auto range = edits.nodes[body].range;
      if (!edits.wants({range.begin, range.begin}, 0.5) && !edits.wants(range, 0.5)) continue;
      bool all_known = true;
      for (size_t node = statement; node < edits.nodes[statement].end; ++node) {
        const bool name = edits.role(node) == Role::identifier && edits.is_value(node);
        const std::string word = edits.text(node);
        all_known = all_known && (!name || word == "self" ||
                                  std::find(known.begin(), known.end(), word) != known.end());
      }
      if (!all_known) continue;
      insert_at_end(edits, body, text, "missing update", 0.6);
      insert_at_begin(edits, body, text, "missing update", 0.5);
    }
  }
}

// Out of the block of a loop or a condition, at its end to behind it, at its begin to before it.
void add_moves_out(Edits& edits, size_t node, size_t block, const std::vector<size_t>& others) {
  size_t outer = edits.nodes[block].parent;
  const bool is_else = outer != no_node && edits.nodes[outer].kind == "else_clause";
  if (is_else) outer = edits.nodes[outer].parent;
  if (outer == no_node || !edits.is_statement(outer)) return;
  if (edits.role(outer) != Role::loop && edits.role(outer) != Role::condition) return;
  const auto around = edits.nodes[outer].range, own = edits.nodes[node].range;
  const std::string_view text = edits.nodes.text();
  const bool returns = edits.role(node) == Role::returning;
  if (others.size() < 2 && !returns) return;
  if (node == others.back()) {
    edits.add({{own.begin, around.end},
               std::string(text.substr(own.end, around.end - own.end)) + "\n" +
                   edits.indentation(outer) + edits.text(node),
               returns ? "early return" : "order of statements",
               returns ? 1 : 0.5});
  }
  if (node == others.front() && !returns) {
    edits.add({{around.begin, own.end},
               edits.text(node) + "\n" + edits.indentation(outer) +
                   std::string(text.substr(around.begin, own.begin - around.begin)),
               "order of statements",
               0.5});
  }
}

// `else return false;` at the first step of a loop: it goes, and the return stands after the loop.
void add_late_returns(Edits& edits, size_t node) {
  const size_t loop =
      edits.nodes.around(node, {"for_statement", "for_range_loop", "while_statement"});
  if (loop == no_node || !edits.is_statement(loop)) return;
  const size_t clause = edits.nodes.around(node, {"else_clause"});
  const bool in_else = clause != no_node && edits.nodes.is_within(clause, loop);
  const auto gone = edits.nodes[in_else ? clause : node].range;
  const size_t end = edits.nodes[loop].range.end;
  edits.add_parts(
      {{gone, in_else ? "" : ";"}, {{end, end}, "\n" + edits.indentation(loop) + edits.text(node)}},
      "early return", in_else ? 0.9 : 0.3);
}

// Behind a loop or a condition, to its end.
void add_moves_in(Edits& edits, size_t node, const std::vector<size_t>& others) {
  const auto at = std::find(others.begin(), others.end(), node);
  if (at == others.begin() || at == others.end()) return;
  const size_t before = *(at - 1);
  if (edits.role(before) != Role::loop && edits.role(before) != Role::condition) return;
  for (size_t inner = before; inner < edits.nodes[before].end; ++inner) {
    if (edits.role(inner) != Role::block) continue;
    const auto statements = edits.nodes.children(inner);
    if (statements.empty()) continue;
    const size_t end = edits.nodes[statements.back()].range.end;
    edits.add_parts({{{end, end}, "\n" + edits.indentation(statements.back()) + edits.text(node)},
                     {edits.nodes[node].range, ""}},
                    "order of statements", 0.5);
  }
}

}  // namespace

void add_update_edits(Edits& edits) {
  if (!edits.is_c_like()) {
    add_copied(edits);
    for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
      if (edits.nodes[node].kind == "while_statement") add_steps(edits, node);
    }
    return;
  }
  add_counts(edits);
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    const Role role = edits.role(node);
    if (edits.nodes[node].kind == "init_declarator") add_resets(edits, node);
    if (role == Role::loop) add_steps(edits, node);
    if (role == Role::returning) add_late_returns(edits, node);
    const size_t block = edits.nodes[node].parent;
    if (!edits.is_statement(node) || edits.role(block) != Role::block) continue;
    const auto others = edits.nodes.children(block);
    add_moves_out(edits, node, block, others);
    const bool simple = role == Role::expression_statement || role == Role::declaration;
    if (simple) add_moves_in(edits, node, others);
  }
}

}  // namespace lsp::features::debug
