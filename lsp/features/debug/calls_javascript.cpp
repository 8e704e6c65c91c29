#include "lsp/features/debug/calls_javascript.h"

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <type_traits>

#include "lsp/features/debug/grammar.h"

namespace lsp::features::debug {
namespace {

using syntax::no_node;
using syntax::Nodes;

constexpr std::string_view result_mark = "// =>";
const std::set<std::string_view> equalities{"equal", "strictEqual", "deepEqual", "deepStrictEqual"};
const std::set<std::string_view> matchers{"toBe", "toEqual", "toStrictEqual"};

std::string trimmed(std::string_view text, std::string_view more = "") {
  const std::string out = std::string(" \t\r\n") + std::string(more);
  const size_t begin = text.find_first_not_of(out);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(out) + 1 - begin));
}

// `a.b` has "b", a bare name itself.
std::string_view last_name(const Nodes& nodes, size_t node) {
  const size_t property = nodes.child(node, "property");
  if (property != no_node) return nodes.text(property);
  return nodes[node].kind == "identifier" ? nodes.text(node) : "";
}

bool is_call_of(const Nodes& nodes, size_t node, std::string_view function) {
  if (nodes[node].kind != "call_expression") return false;
  const size_t callee = nodes.child(node, "function");
  return callee != no_node && last_name(nodes, callee) == function;
}

std::vector<size_t> arguments_of(const Nodes& nodes, size_t call) {
  const size_t arguments = nodes.child(call, "arguments");
  std::vector<size_t> found;
  if (arguments == no_node) return found;
  for (const size_t each : nodes.children(arguments)) {
    if (nodes[each].kind != "comment") found.push_back(each);
  }
  return found;
}

// However the function was reached, as `shapes.area(2)`: "area(2)".
std::string plain_call(const Nodes& nodes, size_t call, std::string_view function) {
  return std::string(function) + std::string(nodes.text(nodes.child(call, "arguments")));
}

// The only expression of a text; no_node where it is something else.
size_t only_expression(const Nodes& nodes) {
  const auto statements = nodes.children(0);
  if (statements.size() != 1 || nodes[statements[0]].kind != "expression_statement") return no_node;
  const auto inner = nodes.children(statements[0]);
  return inner.size() == 1 ? inner[0] : no_node;
}

// What is asked of the only expression of a text; nothing, of the same type, of other texts.
template <typename Ask>
auto asked(const std::string& text, const Ask& ask)
    -> std::invoke_result_t<Ask, const Nodes&, size_t> {
  const auto tree = parse(text, syntax::Language::javascript);
  if (!tree || tree->has_error({0, text.size()})) return {};
  const Nodes nodes(*tree);
  const size_t expression = only_expression(nodes);
  if (expression == no_node) return {};
  return ask(nodes, expression);
}

// The call of the function that a line of an example is; empty where it is something else.
std::string call_in(const std::string& line, std::string_view function) {
  return asked(line, [&](const Nodes& nodes, size_t node) -> std::string {
    const size_t callee = nodes.child(node, "function");
    const bool printed = nodes[node].kind == "call_expression" && callee != no_node &&
                         nodes.text(callee) == "console.log";
    const auto arguments = printed ? arguments_of(nodes, node) : std::vector{node};
    if (arguments.size() != 1 || !is_call_of(nodes, arguments[0], function)) return "";
    return plain_call(nodes, arguments[0], function);
  });
}

bool is_expression(const std::string& text) {
  return asked("(" + text + ")", [](const Nodes&, size_t) { return true; });
}

// A comment's lines, without what makes it one.
std::vector<std::string> comment_lines(std::string_view comment) {
  std::vector<std::string> lines;
  const bool block = comment.starts_with("/*");
  if (block) comment = comment.substr(2, comment.size() - 4);
  std::istringstream text{std::string(comment)};
  for (std::string line; std::getline(text, line);) {
    line = trimmed(line);
    if (!block) line = line.substr(2);
    if (block && line.starts_with('*')) line = line.substr(1);
    lines.push_back(trimmed(line));
  }
  return lines;
}

void read_lines(const std::vector<std::string>& lines, std::string_view function,
                Documented& found) {
  std::string before;  // the last line that said nothing of what it gives
  for (const std::string& line : lines) {
    const size_t at = line.find(result_mark);
    if (at == std::string::npos) {
      const bool prose = !line.starts_with('@') && call_in(line, function).empty();
      if (prose) found.prose += line + "\n";
      if (!line.empty()) before = line;
      continue;
    }
    std::string source = trimmed(line.substr(0, at), ";");
    if (source.starts_with("@example")) source = trimmed(source.substr(8));
    const std::string expected = trimmed(line.substr(at + result_mark.size()), ";");
    Call call{call_in(source.empty() ? trimmed(before, ";") : source, function), expected};
    if (call.source.empty() || (!expected.empty() && !is_expression(expected))) continue;
    found.calls.push_back(std::move(call));
  }
}

bool speaks_of(const Nodes& nodes, size_t node, std::string_view function) {
  for (size_t each = node; each < nodes[node].end; ++each) {
    if (is_call_of(nodes, each, function)) return true;
  }
  return false;
}

// Of two things that are said to be equal.
std::optional<Call> compared(const Nodes& nodes, size_t one, size_t other,
                             std::string_view function) {
  for (const auto& [call, value] : {std::pair{one, other}, {other, one}}) {
    if (is_call_of(nodes, call, function) && !speaks_of(nodes, value, function)) {
      return Call{plain_call(nodes, call, function), std::string(nodes.text(value))};
    }
  }
  return std::nullopt;
}

std::optional<Call> asserted(const Nodes& nodes, size_t node, std::string_view function) {
  if (nodes[node].kind == "binary_expression") {
    const size_t sign = nodes.child(node, "operator");
    const size_t left = nodes.child(node, "left"), right = nodes.child(node, "right");
    const size_t outer = nodes[node].parent;
    const bool asserts = nodes[outer].kind == "arguments" &&
                         nodes.text(nodes[outer].parent).find("assert") != std::string_view::npos;
    if (!asserts || sign == no_node || nodes.text(sign) != "===") return std::nullopt;
    return compared(nodes, left, right, function);
  }
  const size_t callee =
      nodes[node].kind == "call_expression" ? nodes.child(node, "function") : no_node;
  if (callee == no_node) return std::nullopt;
  const auto arguments = arguments_of(nodes, node);
  const std::string_view name = last_name(nodes, callee);
  if (equalities.contains(name) && arguments.size() >= 2) {
    return compared(nodes, arguments[0], arguments[1], function);
  }
  const size_t expected = nodes.child(callee, "object");
  if (!matchers.contains(name) || arguments.size() != 1 || expected == no_node) {
    return std::nullopt;
  }
  const auto given = arguments_of(nodes, expected);
  const bool expects = is_call_of(nodes, expected, "expect") && given.size() == 1;
  return expects ? compared(nodes, given[0], arguments[0], function) : std::nullopt;
}

// What a statement declares and `export` stands before.
size_t declaration_in(const Nodes& nodes, size_t statement) {
  if (nodes[statement].kind != "export_statement") return statement;
  const size_t declared = nodes.child(statement, "declaration");
  return declared != no_node ? declared : nodes.child(statement, "value");
}

void read_parameters(const Nodes& nodes, TopFunction& found) {
  const size_t single = nodes.child(found.function, "parameter");
  if (single != no_node) {
    found.parameters.emplace_back(nodes.text(single));
    return;
  }
  const size_t all = nodes.child(found.function, "parameters");
  if (all == no_node) return;
  for (const size_t each : nodes.children(all)) {
    if (nodes[each].kind == "comment") continue;
    found.plain = found.plain && nodes[each].kind == "identifier";
    found.parameters.emplace_back(nodes.text(each));
  }
  if (!found.plain) found.parameters.clear();
}

}  // namespace

std::vector<TopFunction> top_functions(const Nodes& nodes) {
  std::vector<TopFunction> all;
  for (const size_t statement : nodes.children(0)) {
    const size_t declared = declaration_in(nodes, statement);
    if (declared == no_node) continue;
    TopFunction found{"", statement, declared, no_node, {}};
    size_t name = nodes.child(declared, "name");
    if (nodes[declared].kind == "lexical_declaration") {
      const auto declarators = nodes.children(declared);
      if (declarators.size() != 1) continue;
      name = nodes.child(declarators[0], "name");
      found.function = nodes.child(declarators[0], "value");
      if (found.function == no_node) continue;
    }
    const std::string_view kind = nodes[found.function].kind;
    const bool is_function = kind == "function_declaration" || kind == "arrow_function" ||
                             kind == "function_expression" || kind == "function";
    if (!is_function || name == no_node || nodes[found.function].broken) continue;
    found.body = nodes.child(found.function, "body");
    if (found.body == no_node || nodes[found.body].kind != "statement_block") continue;
    found.name = nodes.text(name);
    found.plain = !nodes.text(found.function).starts_with("async");
    read_parameters(nodes, found);
    all.push_back(std::move(found));
  }
  return all;
}

Documented documented(const Nodes& nodes, const TopFunction& function) {
  Documented found;
  std::vector<size_t> comments;
  const auto statements = nodes.children(0, Nodes::Which::all);
  for (auto at = std::find(statements.begin(), statements.end(), function.statement);
       at != statements.begin() && nodes[*(at - 1)].kind == "comment"; --at) {
    const size_t end = nodes[*(at - 1)].range.end;
    const std::string_view between = nodes.text().substr(end, nodes[*at].range.begin - end);
    if (std::count(between.begin(), between.end(), '\n') != 1) break;
    comments.insert(comments.begin(), *(at - 1));
  }
  std::vector<std::string> lines;
  for (const size_t comment : comments) {
    const auto its = comment_lines(nodes.text(comment));
    lines.insert(lines.end(), its.begin(), its.end());
  }
  read_lines(lines, function.name, found);
  return found;
}

Export export_of(const Nodes& nodes, const TopFunction& function) {
  const std::string_view statement = nodes.text(function.statement);
  if (statement.starts_with("export default")) return Export::only;
  if (statement.starts_with("export")) return Export::named;
  for (size_t node = 0; node < nodes.size(); ++node) {
    if (nodes[node].kind == "export_specifier" && nodes.text(node) == function.name) {
      return Export::named;
    }
    if (nodes[node].kind != "assignment_expression") continue;
    const size_t left = nodes.child(node, "left"), right = nodes.child(node, "right");
    if (left == no_node || right == no_node) continue;
    const std::string target(nodes.text(left));
    if (target == "exports." + function.name || target == "module.exports." + function.name) {
      return Export::named;
    }
    if (target != "module.exports") continue;
    if (nodes.text(right) == function.name) return Export::only;
    for (const size_t each : nodes.children(right)) {
      const size_t key = nodes.child(each, "key");
      if (nodes.text(key == no_node ? each : key) == function.name) return Export::named;
    }
  }
  return Export::none;
}

std::vector<Call> asserted_calls(const std::string& tests, std::string_view function) {
  std::vector<Call> calls;
  const auto tree = parse(tests, syntax::Language::javascript);
  if (!tree) return calls;
  const Nodes nodes(*tree);
  for (size_t node = 0; node < nodes.size(); ++node) {
    if (auto call = asserted(nodes, node, function)) calls.push_back(std::move(*call));
  }
  return calls;
}

}  // namespace lsp::features::debug
