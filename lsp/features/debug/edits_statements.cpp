// Statements: conditions, what is returned and when, order, and what is missing.
#include <algorithm>
#include <set>

#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;

std::string indented(const Edits& edits, size_t node, const std::string& statement) {
  return edits.indentation(node) + statement + "\n";
}

size_t line_start(const Edits& edits, size_t node) {
  const size_t newline = edits.nodes.text().rfind('\n', edits.nodes[node].range.begin);
  return newline == std::string_view::npos || edits.nodes[node].range.begin == 0 ? 0 : newline + 1;
}

// A statement of its own line, with its newline.
void insert_before(Edits& edits, size_t node, const std::string& statement, std::string_view what,
                   double prior) {
  const size_t at = line_start(edits, node);
  const auto before = edits.nodes.text().substr(at, edits.nodes[node].range.begin - at);
  if (before.find_first_not_of(" \t") != before.npos) return;
  edits.add({{at, at}, indented(edits, node, statement), what, prior});
}

void insert_after(Edits& edits, size_t node, const std::string& statement, std::string_view what,
                  double prior) {
  const size_t end = edits.nodes[node].range.end;
  edits.add({{end, end}, "\n" + edits.indentation(node) + statement, what, prior});
}

std::string guard(const Edits& edits, const std::string& condition, const std::string& statement) {
  const std::string end(edits.grammar.statement_end);
  return edits.grammar.braces ? "if (" + condition + ") " + statement + end
                              : "if " + condition + ": " + statement;
}

void add_condition(Edits& edits, size_t node) {
  const size_t condition = edits.nodes.child(node, "condition");
  if (condition == no_node) return;
  const bool group = edits.role(condition) == Role::group;
  const auto children = edits.nodes.children(condition);
  if (group && children.empty()) return;
  const size_t inner = group ? children[0] : condition;
  const std::string text = edits.text(inner);
  const std::string negation(edits.grammar.negation);
  const bool simple = edits.role(inner) != Role::binary;
  edits.replace(inner, negation + (simple ? text : "(" + text + ")"), "negation",
                simple ? 0.6 : 0.4);
  const bool python = edits.grammar.language == syntax::Language::python;
  if (edits.role(inner) == Role::identifier && python) {
    edits.replace(inner, text + " is not None", "condition", 0.7);
  }
  if (edits.role(node) == Role::condition && python && edits.nodes[node].kind == "elif_clause") {
    edits.add(
        {{edits.nodes[node].range.begin, edits.nodes[node].range.begin + 2}, "", "condition", 0.4});
  }
  if (edits.nodes[node].kind == "if_statement" && edits.nodes[node].field != "alternative") {
    const size_t at = edits.nodes[node].range.begin;
    edits.add({{at, at + 2}, "while", "condition", 0.3});
  } else if (edits.nodes[node].kind == "while_statement") {
    const size_t at = edits.nodes[node].range.begin;
    edits.add({{at, at + 5}, "if", "condition", 0.3});
  }
}

// How a parameter may be empty or nothing.
std::vector<std::string> empty_conditions(const Edits& edits, const std::string& name) {
  using Kind = DeclaredTypes::Kind;
  switch (edits.grammar.language) {
    case syntax::Language::python:
      return {"not " + name, name + " is None"};
    case syntax::Language::javascript:
    case syntax::Language::typescript:
      return {name + ".length === 0", name + " == null"};
    default:
      break;
  }
  switch (edits.types.kind_of(name)) {
    case Kind::number:
      return {name + " == 0"};
    case Kind::object:
      return {name + ".empty()"};
    case Kind::pointer:
      return {"!" + name};
    default:
      return {name + ".empty()", "!" + name};
  }
}

// What a function may give in its simplest case; "" for no value.
std::vector<std::string> simplest_results(const Edits& edits, size_t function,
                                          const std::string& name) {
  using Kind = DeclaredTypes::Kind;
  const std::string nothing(edits.grammar.nothing);
  switch (edits.grammar.language) {
    case syntax::Language::python:
      return {"0", "[]", "", "1", "False", "''", nothing, name};
    case syntax::Language::javascript:
    case syntax::Language::typescript:
      return {"0", "[]", "", "1", "false", "''", nothing, name};
    default:
      break;
  }
  switch (DeclaredTypes::result_of(edits.nodes, function)) {
    case Kind::nothing:
      return {""};
    case Kind::number:
      if (edits.types.kind_of(name) != Kind::number) return {"0", "1", "false"};
      return {"0", "1", "false", name};
    case Kind::pointer:
      return {nothing, name};
    default:
      return {"{}", "0", "1", nothing, name};
  }
}

void add_guards(Edits& edits, size_t function, size_t body) {
  using Kind = DeclaredTypes::Kind;
  const auto statements = edits.nodes.children(body);
  if (statements.empty()) return;
  const bool recursive = edits.clues.type == "RecursionError" || edits.clues.type == "RangeError" ||
                         edits.clues.type.find("SEGV") != std::string::npos ||
                         edits.clues.type == "stack-overflow";
  size_t first = statements[0];
  if (edits.nodes.text(first).starts_with("\"\"\"") && statements.size() > 1) first = statements[1];
  const auto add = [&](const std::string& condition, const std::string& result, double prior) {
    insert_before(edits, first,
                  guard(edits, condition, result.empty() ? "return" : "return " + result),
                  "missing base case", prior);
  };
  for (const std::string& name : edits.parameters(function)) {
    for (const std::string& condition : empty_conditions(edits, name)) {
      for (const std::string& result : simplest_results(edits, function, name)) {
        const bool usual = result != name && result != edits.grammar.nothing;
        add(condition, result, recursive ? (usual ? 0.9 : 0.8) : (usual ? 0.4 : 0.35));
      }
    }
    const Kind kind = edits.types.kind_of(name);
    const bool countable =
        edits.is_c_like() ? (kind == Kind::number || kind == Kind::unknown) &&
                                DeclaredTypes::result_of(edits.nodes, function) != Kind::nothing
                          : edits.grammar.language == syntax::Language::python;
    if (!countable) continue;
    for (const char* limit : {" <= 0", " <= 1", " < 2"}) {
      for (const std::string& result : {std::string("1"), name, std::string("0")}) {
        add(name + limit, result, recursive ? 0.7 : 0.2);
      }
    }
  }
}

// Whether a function of Python or a script gives a value somewhere, and may yet come to its end.
bool gives_now_and_then(const Edits& edits, size_t body) {
  const size_t function = edits.nodes[body].parent;
  if (edits.is_c_like()) return false;  // a compiler tells
  for (size_t node = body; node < edits.nodes[body].end; ++node) {
    const bool gives = edits.role(node) == Role::returning && !edits.nodes.children(node).empty();
    if (gives && edits.function_around(node) == function) return true;
  }
  return false;
}

// What the function makes and does not return: a name that its first statements bind; and where it
// returns something before its end, the simplest thing there.
void add_returns(Edits& edits, size_t body) {
  const auto statements = edits.nodes.children(body);
  if (statements.empty()) return;
  const size_t last = statements.back();
  const std::string end(edits.grammar.statement_end);
  const bool gives_nothing =
      edits.is_c_like() && DeclaredTypes::result_of(edits.nodes, edits.nodes[body].parent) ==
                               DeclaredTypes::Kind::nothing;
  if (gives_nothing) return;
  if (edits.role(last) == Role::expression_statement) {
    edits.replace(last, "return " + edits.text(last), "missing return", 0.9);
  }
  if (edits.role(last) == Role::returning) return;
  for (size_t node = body; node < edits.nodes[body].end; ++node) {
    const std::string_view field = edits.nodes[node].field;
    const bool bound =
        edits.role(node) == Role::identifier &&
        (field == "left" ||
         (field == "name" && edits.nodes[edits.nodes[node].parent].kind == "variable_declarator"));
    if (bound) insert_after(edits, last, "return " + edits.text(node) + end, "missing return", 0.7);
  }
  if (!gives_now_and_then(edits, body)) return;
  const bool python = edits.grammar.language == syntax::Language::python;
  const std::string no(python ? "False" : "false"), yes(python ? "True" : "true");
  for (const std::string& value : {std::string("''"), std::string("0"), std::string("[]"), no, yes,
                                   std::string(edits.grammar.nothing)}) {
    insert_after(edits, last, "return " + value + end, "missing return", 0.5);
  }
}

// `def f(x, seen=[])`: the value lives as long as the function.
void add_mutable_default(Edits& edits, size_t parameter, size_t body) {
  const size_t name = edits.nodes.child(parameter, "name");
  const size_t value = edits.nodes.child(parameter, "value");
  if (name == no_node || value == no_node || edits.role(value) != Role::collection) return;
  const auto statements = edits.nodes.children(body);
  if (statements.empty()) return;
  size_t first = statements[0];
  const std::string_view text = edits.nodes.text(first);
  if ((text.starts_with("\"") || text.starts_with("'")) && statements.size() > 1) {
    first = statements[1];
  }
  const auto range = edits.nodes[value].range;
  const size_t at = line_start(edits, first);
  const std::string variable = edits.text(name);
  const std::string made = indented(
      edits, first,
      variable + " = " + edits.text(value) + " if " + variable + " is None else " + variable);
  edits.add({{range.begin, at},
             "None" + std::string(edits.nodes.text().substr(range.end, at - range.end)) + made,
             "mutable default",
             1});
}

void add_function(Edits& edits, size_t function) {
  const size_t body = edits.nodes.child(function, "body");
  if (body == no_node || edits.role(body) != Role::block) return;
  add_guards(edits, function, body);
  add_returns(edits, body);
  for (size_t node = function + 1; node < body; ++node) {
    if (edits.nodes[node].kind == "default_parameter" ||
        edits.nodes[node].kind == "typed_default_parameter") {
      add_mutable_default(edits, node, body);
    }
  }
}

// One step out of the block that holds it, or into the one before it, by indentation.
void add_python_moves(Edits& edits, size_t node, size_t block, const std::vector<size_t>& others) {
  const std::string_view text = edits.nodes.text();
  const size_t begin = line_start(edits, node), end = edits.nodes[node].range.end;
  const std::string lines(text.substr(begin, end - begin));
  const bool is_return = edits.role(node) == Role::returning;
  const size_t outer = edits.nodes[block].parent;
  if (lines.find('\n') != lines.npos || lines.find_first_not_of(' ') < 4) return;
  if (node == others.back() && outer != no_node && edits.role(outer) != Role::function &&
      (others.size() > 1 || is_return)) {
    const std::string less = edits.indentation(outer) + edits.text(node);
    edits.add({{begin, end},
               others.size() > 1 ? less : edits.indentation(node) + "pass\n" + less,
               is_return ? "early return" : "indentation",
               is_return ? 1 : 0.7});
    // An else that returns at the first step: gone, and the return stands after the loop.
    const size_t loop = edits.nodes.around(outer, {"for_statement", "while_statement"});
    if (is_return && loop != no_node && loop != outer) {
      const bool is_else = edits.nodes[outer].kind == "else_clause" && others.size() == 1;
      const size_t from = is_else ? line_start(edits, outer) : begin;
      edits.add({{from, end},
                 edits.indentation(loop) + edits.text(node),
                 "early return",
                 is_else ? 0.9 : 0.3});
    }
  }
  for (size_t i = 0; i + 1 < others.size(); ++i) {
    if (others[i + 1] != node) continue;
    const Role role = edits.role(others[i]);
    if (role == Role::loop || role == Role::condition) {
      edits.add(
          {{begin, end}, edits.indentation(node) + "    " + edits.text(node), "indentation", 0.5});
    }
  }
}

// A condition of its own before a statement: an index that may have run out, an empty value.
void add_own_condition(Edits& edits, size_t node, const std::vector<std::string>& own_calls) {
  constexpr double prior = 0.15;
  const std::string inner = ":\n" + edits.indentation(node) + "    " + edits.text(node);
  for (const std::string& call : own_calls) {
    if (!edits.wants(edits.nodes[node].range, prior)) return;
    for (const char* negation : {"not ", ""}) {
      edits.replace(node, "if " + (negation + call) + inner, "missing condition", prior);
    }
  }
}

// What the methods of a class ask of each other without arguments.
std::vector<std::string> own_calls_of(const Edits& edits) {
  std::vector<std::string> calls;
  std::set<std::string_view> seen;
  for (size_t node = 1; node < edits.nodes.size(); ++node) {
    if (edits.role(node) != Role::call || edits.nodes[node].end - node > 8) continue;
    const std::string_view call = edits.nodes.text(node);
    const bool own = call.starts_with("self.") && call.ends_with("()");
    if (own && seen.insert(call).second) calls.emplace_back(call);
  }
  return calls;
}

// Into the block of a compound statement that follows: before its first, or behind its last.
void move_into(Edits& edits, size_t node, size_t next) {
  const std::string_view text = edits.nodes.text();
  const size_t begin = line_start(edits, node), from = line_start(edits, next);
  for (size_t inner = next; inner < edits.nodes[next].end; ++inner) {
    if (edits.role(inner) != Role::block) continue;
    const auto first = edits.nodes.children(inner);
    if (first.empty()) continue;
    const size_t before = edits.nodes[first.front()].range.begin;
    const size_t behind = edits.nodes[first.back()].range.end;
    edits.add({{begin, before},
               std::string(text.substr(from, before - from)) + edits.text(node) + "\n" +
                   edits.indentation(first.front()),
               "order of statements",
               0.5});
    edits.add({{begin, behind},
               std::string(text.substr(from, behind - from)) + "\n" +
                   edits.indentation(first.back()) + edits.text(node),
               "order of statements",
               0.5});
  }
}

void add_order(Edits& edits, size_t node, const std::vector<size_t>& others) {
  const std::string_view text = edits.nodes.text();
  const auto at = std::find(others.begin(), others.end(), node) - others.begin();
  const auto i = static_cast<size_t>(at);
  if (i + 1 >= others.size()) return;
  const auto own = edits.nodes[node].range, next = edits.nodes[others[i + 1]].range;
  edits.swap(node, others[i + 1], "order of statements", 0.6);
  // Further down in the same block.
  for (size_t j = i + 2; j < std::min(i + 4, others.size()); ++j) {
    const size_t to = edits.nodes[others[j]].range.end;
    const std::string moved = "\n" + edits.indentation(node) + edits.text(node);
    edits.add({{own.begin, to},
               std::string(text.substr(next.begin, to - next.begin)) + moved,
               "order of statements",
               0.3});
  }
  const Role after = edits.role(others[i + 1]);
  const Role own_role = edits.role(node);
  if ((own_role == Role::expression_statement || own_role == Role::declaration) &&
      (after == Role::condition || after == Role::loop)) {
    move_into(edits, node, others[i + 1]);
  }
}

// What stands behind a condition, where it was meant for the other case.
void add_else(Edits& edits, size_t node, const std::vector<size_t>& others) {
  if (edits.nodes[node].kind != "if_statement") return;
  const auto at = std::find(others.begin(), others.end(), node);
  if (at + 1 >= others.end() || edits.nodes.child(node, "alternative") != no_node) return;
  const size_t next = *(at + 1);
  const text::Range own = edits.nodes[node].range, other = edits.nodes[next].range;
  const std::string between(edits.nodes.text().substr(own.end, other.begin - own.end));
  const std::string text = edits.text(next);
  if (between.find_first_not_of(" \t\r\n") != between.npos) return;  // a comment
  const bool python = !edits.grammar.braces;
  if (edits.nodes[next].kind == "if_statement") {
    const std::string before = python ? between + "el" : " else ";
    edits.add({{own.end, other.begin}, before, "missing else", 0.5});
  } else if (text.find('\n') == text.npos && edits.role(next) != Role::returning) {
    const std::string outer = "\n" + edits.indentation(node);
    // As deep as what stands in the first case, where that has lines of its own.
    const size_t body = edits.nodes.child(node, "consequence");
    const auto inside = body == no_node ? std::vector<size_t>() : edits.nodes.children(body);
    const std::string depth = inside.empty() ? "" : edits.indentation(inside.front());
    const bool deeper = depth.size() >= outer.size();
    const std::string inner = (deeper ? "\n" + depth : outer + "    ") + text;
    edits.add({{own.end, other.end},
               python ? outer + "else:" + inner : " else {" + inner + outer + "}",
               "missing else",
               0.5});
  }
}

void add_jumps(Edits& edits, size_t node, size_t block, bool is_last) {
  const std::string stop(edits.grammar.statement_end);
  const bool in_case =
      edits.nodes[block].kind == "case_statement" || edits.nodes[block].kind == "switch_case";
  if (in_case && is_last) insert_after(edits, node, "break;", "missing break", 0.9);
  if (edits.nodes.around(block, {"for_statement", "while_statement"}) == no_node) return;
  insert_after(edits, node, "break" + stop, "missing break", 0.2);
  insert_after(edits, node, "continue" + stop, "missing continue", 0.2);
}

void add_statement(Edits& edits, size_t node, size_t block,
                   const std::vector<std::string>& own_calls) {
  const auto others = edits.nodes.children(block);
  const Role role = edits.role(node);
  const bool python = !edits.grammar.braces;
  edits.replace(node, std::string(edits.grammar.no_operation), "superfluous statement",
                role == Role::declaration || role == Role::function ? 0.05 : 0.45);
  const std::string stop(edits.grammar.statement_end);
  const bool simple = role == Role::expression_statement;
  if (role == Role::jump) {
    edits.replace(node, "break" + stop, "wrong jump", 0.5);
    edits.replace(node, "continue" + stop, "wrong jump", 0.5);
  } else if (simple && others.size() > 1 && python) {
    add_own_condition(edits, node, own_calls);
  }
  if (python) add_python_moves(edits, node, block, others);
  add_order(edits, node, others);
  add_else(edits, node, others);
  if (simple || role == Role::declaration) add_jumps(edits, node, block, node == others.back());
}

}  // namespace

void add_statement_edits(Edits& edits) {
  const auto own_calls = edits.grammar.braces ? std::vector<std::string>() : own_calls_of(edits);
  for (size_t node = 1; node < edits.nodes.size() && !edits.is_over(); ++node) {
    const Role role = edits.role(node);
    if (role == Role::function) add_function(edits, node);
    if (role == Role::condition || role == Role::loop) add_condition(edits, node);
    const size_t parent = edits.nodes[node].parent;
    const bool in_case =
        edits.nodes[parent].kind == "switch_case" && edits.nodes[node].field == "body";
    if (edits.is_statement(node) || in_case) add_statement(edits, node, parent, own_calls);
  }
}

}  // namespace lsp::features::debug
