#include "lsp/features/solve/expression.h"

#include <algorithm>

#include "engine/base/json_object.h"

namespace lsp::features::solve {
namespace {

using engine::base::json_string;

void collect(const Expression& tree, std::vector<std::string>& names) {
  if (tree.is_symbol() && std::find(names.begin(), names.end(), tree.text) == names.end()) {
    names.push_back(tree.text);
  }
  for (const Expression& argument : tree.arguments) collect(argument, names);
}

struct Infix {
  const char* head;
  const char* sign;
  int strength;
};
constexpr Infix infixes[] = {
    {"or", " or ", 0},      {"and", " and ", 1}, {"eq", " = ", 2},      {"ne", " != ", 2},
    {"lt", " < ", 2},       {"le", " <= ", 2},   {"gt", " > ", 2},      {"ge", " >= ", 2},
    {"convert", " in ", 2}, {"add", " + ", 3},   {"sub", " - ", 3},     {"mul", "*", 4},
    {"div", "/", 4},        {"mod", " mod ", 4}, {"floordiv", "//", 4}, {"pow", "**", 6}};

std::string text_within(const Expression& tree, int strength);

std::string joined(const std::vector<Expression>& list, size_t from, size_t until) {
  std::string text;
  for (size_t i = from; i < until; ++i) text += (i > from ? ", " : "") + text_within(list[i], 0);
  return text;
}

// What solve is given: only the parts that are there.
std::string solve_text(const Expression& tree) {
  std::string text = "solve(";
  for (size_t i = 0; i < tree.arguments.size(); ++i) {
    const Expression& each = tree.arguments[i];
    if ((each.is_call("list") && each.arguments.empty()) || each.text == "unknown") continue;
    text += (i > 0 ? ", " : "") + (each.is_call("list")
                                       ? joined(each.arguments, 0, each.arguments.size())
                                       : text_within(each, 0));
  }
  return text + ")";
}

// In brackets where what is around it binds more strongly.
std::string text_within(const Expression& tree, int strength) {
  if (tree.kind != Expression::Kind::call) return tree.text;
  const std::vector<Expression>& of = tree.arguments;
  const auto within = [&](const std::string& text, int own) {
    return own < strength ? "(" + text + ")" : text;
  };
  for (const auto& [head, sign, own] : infixes) {
    if (!tree.is_call(head) || of.size() < 2) continue;
    // Powers group to the right, all others to the left.
    const bool right = tree.is_call("pow");
    std::string text = text_within(of[0], right ? own + 1 : own);
    for (size_t i = 1; i < of.size(); ++i) text += sign + text_within(of[i], right ? own : own + 1);
    return within(text, own);
  }
  const bool single = of.size() == 1;
  if (tree.is_call("neg") && single) return within("-" + text_within(of[0], 5), 3);
  if (tree.is_call("percent") && single) return text_within(of[0], 7) + "%";
  if (tree.is_call("factorial") && single) return text_within(of[0], 7) + "!";
  if (tree.is_call("list")) return "[" + joined(of, 0, of.size()) + "]";
  if (tree.is_call("tuple")) return "(" + joined(of, 0, of.size()) + ")";
  if (tree.is_call("set")) return "{" + joined(of, 0, of.size()) + "}";
  if (tree.is_call("solve")) return solve_text(tree);
  return tree.text + "(" + joined(of, 0, of.size()) + ")";
}

const char* kind_name(Expression::Kind kind) {
  switch (kind) {
    case Expression::Kind::number:
      return "number";
    case Expression::Kind::symbol:
      return "symbol";
    case Expression::Kind::unit:
      return "unit";
    case Expression::Kind::call:
      return "";
  }
  return "";
}

}  // namespace

Expression number(std::string digits) { return {Expression::Kind::number, std::move(digits), {}}; }
Expression symbol(std::string name) { return {Expression::Kind::symbol, std::move(name), {}}; }
Expression call(std::string head, std::vector<Expression> arguments) {
  return {Expression::Kind::call, std::move(head), std::move(arguments)};
}

bool mentions(const Expression& tree, const std::string& name) {
  return (tree.is_symbol() && tree.text == name) ||
         std::any_of(tree.arguments.begin(), tree.arguments.end(),
                     [&](const Expression& each) { return mentions(each, name); });
}

std::vector<std::string> names_in(const Expression& tree) {
  std::vector<std::string> names;
  collect(tree, names);
  return names;
}

std::string to_text(const Expression& tree) { return text_within(tree, 0); }

std::string to_json(const Expression& tree) {
  if (tree.kind != Expression::Kind::call) {
    return std::string("[\"") + kind_name(tree.kind) + "\"," + json_string(tree.text) + "]";
  }
  std::string text = "[" + json_string(tree.text);
  for (const Expression& argument : tree.arguments) text += "," + to_json(argument);
  return text + "]";
}

}  // namespace lsp::features::solve
