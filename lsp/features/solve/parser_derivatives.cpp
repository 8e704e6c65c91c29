// d/dx before a formula, what it applies to, and the unknown function of a differential equation.
#include "lsp/features/solve/names.h"
#include "lsp/features/solve/parser.h"

namespace lsp::features::solve {
namespace {

using Kind = Token::Kind;

}  // namespace

// y, y', y'(0) and y(0) of a differential equation
Expression Parser::unknown_function() {
  const auto& [name, variable] = *unknown_function_;
  ++at_;
  int order = 0;
  while (take("'")) ++order;
  if (here().is("^") && here(1).is("'")) {
    ++at_;
    while (take("'")) ++order;
  }
  if (here().is("(") && !here().spaced && here(1).is_word(variable) && here(2).is(")")) {
    at_ += 3;
  } else if (here().is("(") && !here().spaced) {
    Expression place = bracketed();
    if (order == 0 && mentions(place, name)) {  // the product in y' = y(1 - y)
      return call("mul", {symbol(name), std::move(place)});
    }
    return call("value", {number(std::to_string(order)), std::move(place)});
  }
  if (order == 0) return symbol(name);
  return call("diff", {symbol(name), symbol(variable), number(std::to_string(order))});
}

// d/dx, d^2/dx^2 and the like; what follows is differentiated.
std::optional<Expression> Parser::derivative_operator() {
  if (unknown_function_) {  // dy/dx, d^2y/dx^2
    const auto& [name, variable] = *unknown_function_;
    size_t ahead = here().is_word("d") ? 1 : 0;
    const bool raised = ahead == 1 && here(1).is("^") && here(2).kind == Kind::number;
    const std::string order = raised ? here(2).text : here(ahead).is("²") ? "2" : "1";
    ahead += raised ? 2 : here(ahead).is("²") ? 1 : 0;
    const bool named = here(ahead).is_word(ahead == 0 ? "d" + name : name);
    if (named && here(ahead + 1).is("/") && here(ahead + 2).is_word("d" + variable)) {
      at_ += ahead + 3;
      if (here().is("^")) at_ += 2;
      take("²");
      return call("diff", {symbol(name), symbol(variable), number(order)});
    }
  }
  if (!here().is_word("d")) return std::nullopt;
  if (here(1).is("(")) {  // d(x^2)/dx
    const Place before = place();
    ++at_;
    Expression body = bracketed();
    const std::string below = here(1).text;
    if (!error_ && here().is("/") && below.size() == 2 && below[0] == 'd') {
      at_ += 2;
      return call("diff", {std::move(body), symbol(below.substr(1)), number("1")});
    }
    go_back(before);
  }
  size_t ahead = 1;
  std::string order = "1";
  if (here(ahead).is("^") && here(ahead + 1).kind == Kind::number) {
    order = here(ahead + 1).text;
    ahead += 2;
  } else if (here(ahead).is("²")) {
    order = "2";
    ++ahead;
  }
  if (!here(ahead).is("/")) return std::nullopt;
  ++ahead;
  const std::string& below = here(ahead).text;
  if (here(ahead).kind != Kind::word || below.size() < 2 || below[0] != 'd') return std::nullopt;
  const std::string variable = below.substr(1);
  if (variable.size() > 1 && !is_greek(variable)) return std::nullopt;
  ++ahead;
  if (here(ahead).is("^") && here(ahead + 1).kind == Kind::number) ahead += 2;
  if (here(ahead).is("²")) ++ahead;
  at_ += ahead;
  skip_words({"of"});
  Expression body = scope(variable);
  if (body.is_call("list") && body.arguments.size() == 1) body = Expression(body.arguments[0]);
  return suffixes(call("diff", {std::move(body), symbol(variable), number(order)}));
}

bool Parser::begins_operator(size_t ahead) const {
  static const std::set<std::string> commands{"sum", "prod", "int", "iint", "lim"};
  static const std::set<std::string> words{"sum", "product", "integrate", "integral",
                                           "int", "lim",     "limit"};
  const Token& token = here(ahead);
  if (token.is_word("d")) return here(ahead + 1).is("/") || here(ahead + 1).is("^");
  if (token.is_command("frac")) {
    return here(ahead + 1).is("{") &&
           (here(ahead + 2).is_word("d") || here(ahead + 2).is_command("partial"));
  }
  return (token.kind == Kind::command && commands.contains(token.text)) ||
         (token.kind == Kind::word && words.contains(token.text));
}

Expression Parser::scope(const std::string& variable) {
  Expression body = product();
  // A term with an operator of its own stands for itself.
  while (!error_ && (here().is("+") || here().is("-")) && !begins_operator(1)) {
    const Place before = place();
    const bool added = here().is("+");
    ++at_;
    Expression term = product();
    if (error_ || !mentions(term, variable)) {
      go_back(before);
      break;
    }
    body = call(added ? "add" : "sub", {std::move(body), std::move(term)});
    note("the terms that follow were read as part of what the sign before them applies to");
  }
  return body;
}

}  // namespace lsp::features::solve
