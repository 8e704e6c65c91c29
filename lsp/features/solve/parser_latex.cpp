// LaTeX: fractions, roots, sums, integrals, limits, matrices, cases.
#include <algorithm>
#include <optional>
#include <set>

#include "lsp/features/solve/names.h"
#include "lsp/features/solve/parser.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using engine::base::in_quotes;
using Kind = Token::Kind;

// Whether the lines of the array that begins there are equations.
bool holds_relations(const std::vector<Token>& tokens, size_t from) {
  for (size_t i = from; i < tokens.size() && !tokens[i].is_command("end array"); ++i) {
    if (relation_head(tokens[i]) != nullptr) return true;
  }
  return false;
}

}  // namespace

Expression Parser::argument() {
  const size_t opened_at = here().at;
  if (take("{")) {
    const int bars = std::exchange(bars_, 0);
    Expression inside = relation();
    bars_ = bars;
    expect("}", opened_at);
    return inside;
  }
  if (here().kind == Kind::number && notation_ == Notation::latex && here().text.size() > 1) {
    const std::string digit = here().text.substr(0, 1);  // \frac12
    tokens_[at_].text.erase(0, 1);
    return number(digit);
  }
  return operand();
}

Expression Parser::command() {
  const Token token = here();
  ++at_;
  const std::string& name = token.text;
  if (name == "frac" || name == "dfrac" || name == "tfrac" || name == "cfrac") return fraction();
  if (name == "binom" || name == "dbinom" || name == "tbinom") {
    Expression above = argument();
    return call("binomial", {std::move(above), argument()});
  }
  if (name == "sqrt") {
    if (here().kind == Kind::number && here().text.size() > 1) {
      note("\\sqrt was read as the root of all the digits that follow");
      return call("sqrt", {operand()});
    }
    if (!here().is("[")) return call("sqrt", {argument()});
    const size_t opened_at = here().at;
    ++at_;
    Expression degree = sum();
    expect("]", opened_at);
    return call("root", {argument(), std::move(degree)});
  }
  if (name == "int" || name == "iint") return integral(name == "int" ? 1 : 2);
  if (name == "sum") return big_operator("summation");
  if (name == "prod") return big_operator("product");
  if (name == "lim") return latex_limit();
  if (name == "det") return call("det", {power()});
  if (name == "overline" || name == "bar") return call("conjugate", {argument()});
  if (name == "Re" || name == "Im") {
    Expression of = here().is("(") || here().is("{") ? argument() : function_argument();
    return call(name == "Re" ? "re" : "im", {std::move(of)});
  }
  if (name == "lceil") {
    Expression inside = sum();
    if (!here().is_command("rceil")) return failed("\\lceil is never closed by \\rceil");
    ++at_;
    return call("ceiling", {std::move(inside)});
  }
  if (name.starts_with("side ")) return symbol(name.substr(5));
  if (name.starts_with("begin ")) return environment(name.substr(6));
  return failed(
      concat("there is no command ", in_quotes("\\" + name), " in formulas that lemma reads"));
}

// \frac{a}{b}, and \frac{d}{dx} f
Expression Parser::fraction() {
  const Place before = place();
  const bool partial = here(1).is_command("partial");
  if (unknown_function_) {  // \frac{d^2y}{dx^2}
    const auto& [name, variable] = *unknown_function_;
    std::string order = "1";
    bool found = take("{") && take_word("d");
    if (found && take("^")) {
      const Expression raised = argument();
      order = raised.kind == Expression::Kind::number ? raised.text : "1";
    }
    found =
        found && take_word(name) && take("}") && take("{") && take_word("d") && take_word(variable);
    if (found && take("^")) argument();
    if (found && take("}")) return call("diff", {symbol(name), symbol(variable), number(order)});
    go_back(before);
  }
  if (take("{") && (here().is_word("d") || partial)) {
    ++at_;
    std::string order = "1";
    if (take("^")) {
      const Expression raised = argument();
      order = raised.kind == Expression::Kind::number ? raised.text : "";
    }
    // \frac{d(x^3 + 1)}{dx}
    std::optional<Expression> above;
    if (!here().is("}")) above = relation();
    const auto differential = [&] {
      if (!here().is_word("d") && !here().is_command("partial")) return false;
      ++at_;
      return true;
    };
    const bool below = take("}") && take("{") && differential();
    if (below && !order.empty()) {
      const std::string variable = here().text;
      ++at_;
      if (take("^")) argument();
      std::vector<std::string> others;  // \partial x \partial y
      while (differential()) {
        others.push_back(here().text);
        ++at_;
      }
      if (take("}") && others.empty()) {
        Expression body = above ? std::move(*above) : scope(variable);
        return call("diff", {std::move(body), symbol(variable), number(order)});
      }
      if (std::to_string(others.size() + 1) == order && !above && !error_) {
        Expression body = scope(variable);
        for (const std::string& each : others) {
          body = call("diff", {std::move(body), symbol(each), number("1")});
        }
        return call("diff", {std::move(body), symbol(variable), number("1")});
      }
    }
  }
  go_back(before);
  Expression above = argument();
  return call("div", {std::move(above), argument()});
}

// `count` integrals, of which the outermost has the bounds.
Expression Parser::integral(int count) {
  std::optional<Expression> low, high;
  for (int i = 0; i < 2; ++i) {
    if (take("_")) low = argument();
    if (take("^")) high = argument();
  }
  if (low.has_value() != high.has_value()) return failed("the integral has only one bound");
  ++integrals_;
  const std::string outer = std::exchange(differential_, "");
  Expression body = count > 1 ? integral(count - 1) : sum();
  std::string variable = std::exchange(differential_, outer);
  if (is_differential()) {
    variable = here().text.size() == 2 ? here().text.substr(1) : here(1).text;
    at_ += here().text.size() == 2 ? 1 : 2;
  }
  --integrals_;
  if (variable.empty()) variable = inferred(body, "the integral");
  if (!low) return call("integrate", {std::move(body), symbol(variable)});
  return call("integrate", {std::move(body), call("tuple", {symbol(variable), *low, *high})});
}

Expression Parser::big_operator(const std::string& head) {
  std::optional<Expression> above;
  if (take("^")) above = argument();
  if (!take("_")) return failed("the sum or product has no lower bound");
  const Expression begin = argument();
  if (!begin.is_call("eq") || !begin.arguments[0].is_symbol()) {
    return failed("the lower bound of a sum or product is written as {k=1}");
  }
  if (!above && !take("^")) return failed("the sum or product has no upper bound");
  const Expression high = above ? std::move(*above) : argument();
  const Expression& variable = begin.arguments[0];
  Expression body = scope(variable.text);
  return call(head, {std::move(body), call("tuple", {variable, begin.arguments[1], high})});
}

Expression Parser::latex_limit() {
  const size_t opened_at = here(1).at;
  if (!take("_") || !take("{")) return failed("the limit does not say where: \\lim_{x \\to 0}");
  const std::string variable = variable_word();
  std::string side;
  const bool falls = here().is_command("searrow") || here().is_command("downarrow");
  const bool rises = here().is_command("nearrow") || here().is_command("uparrow");
  if (falls || rises) {
    ++at_;
    side = falls ? "right" : "left";
  } else if (!take("->")) {
    return failed("the limit does not say where: \\lim_{x \\to 0}");
  }
  Expression point = point_and_side(side, Body::before);
  expect("}", opened_at);
  Expression body = scope(variable);
  std::vector<Expression> arguments{std::move(body), symbol(variable), std::move(point)};
  arguments.push_back(symbol(side.empty() ? "both" : side));
  return call("limit", std::move(arguments));
}

std::vector<std::vector<Expression>> Parser::rows(const std::string& name) {
  const std::string end = "end " + name;
  std::vector<std::vector<Expression>> all;
  while (!error_ && !here().is_command(end) && !at_end()) {
    std::vector<Expression>& row = all.emplace_back();
    do {
      row.push_back(relation());
      take(",");
    } while (!error_ && take("&"));
    if (!take("\\\\")) break;
  }
  if (!here().is_command(end)) {
    failed(concat("\\begin{", name, "} is never closed by \\end{", name, "}"));
  } else {
    ++at_;
  }
  return all;
}

// Whether the cases are values with conditions behind them, not the equations of a system.
bool Parser::is_in_pieces() const {
  bool relates = false;
  for (size_t i = at_; i + 1 < tokens_.size() && !tokens_[i].is_command("end cases"); ++i) {
    const bool relation = relation_head(tokens_[i]) != nullptr;
    if (tokens_[i].is("&") && !relates && relation_head(tokens_[i + 1]) == nullptr) return true;
    relates = !tokens_[i].is("&") && !tokens_[i].is("\\\\") && (relates || relation);
  }
  return false;
}

// \begin{cases} x^2 & x < 0 \\ x & \text{otherwise} \end{cases}
Expression Parser::cases() {
  std::vector<Expression> all;
  do {
    if (here().is_command("end cases")) break;
    Expression value = sum();
    while (take(",") || take("&")) {
    }
    skip_words({"if", "for", "when"});
    const bool rest = take_word("otherwise") || take_word("else");
    all.push_back(call("tuple", {std::move(value), rest ? symbol("True") : relation()}));
    while (take(",") || take("&")) {
    }
  } while (!error_ && take("\\\\"));
  if (here().is_command("end cases")) {
    ++at_;
  } else if (!error_) {
    failed("\\begin{cases} is never closed by \\end{cases}");
  }
  return call("piecewise", std::move(all));
}

Expression Parser::environment(const std::string& name) {
  if (name == "array") {  // the columns
    while (!at_end() && !here().is("}")) ++at_;
    take("}");
  }
  if (name == "cases" && is_in_pieces()) {
    return cases();
  }
  static const std::set<std::string_view> lines_of{
      "aligned",  "align", "align*",   "cases",     "dcases",   "gather", "gather*",
      "gathered", "split", "equation", "equation*", "eqnarray", "alignat"};
  const bool relates = name == "array" && holds_relations(tokens_, at_);
  if (relates || lines_of.contains(name)) {
    std::vector<Expression> equations;
    std::erase_if(tokens_, [](const Token& token) { return token.is("&"); });
    for (std::vector<Expression>& row : rows(name)) {
      for (Expression& each : row) equations.push_back(std::move(each));
    }
    return call("list", std::move(equations));
  }
  static const std::set<std::string_view> matrices{"matrix",  "pmatrix", "bmatrix", "vmatrix",
                                                   "Vmatrix", "Bmatrix", "array",   "smallmatrix"};
  if (!matrices.contains(name)) {
    return failed(concat("there is no environment ", in_quotes(name), " in formulas"));
  }
  std::vector<Expression> lines;
  for (std::vector<Expression>& row : rows(name)) lines.push_back(call("list", std::move(row)));
  Expression matrix = call("matrix", {call("list", std::move(lines))});
  return name == "vmatrix" ? call("det", {std::move(matrix)}) : matrix;
}

// left \equiv right \pmod{m}; of left = right (mod m) both sides have been read.
Expression Parser::congruence(Expression left) {
  Expression right = left;
  if (left.is_call("eq")) {
    right = Expression(left.arguments[1]);
    left = Expression(left.arguments[0]);
  } else {
    ++at_;
    congruence_ = true;
    right = sum();
    congruence_ = false;
  }
  const bool bracket = here().is("(") && here(1).is_word("mod");  // (mod 7)
  const size_t opened_at = here().at;
  if (bracket) ++at_;
  if (!here().is_command("pmod") && !here().is_word("mod")) {
    return failed("the congruence has no modulus: \\pmod{7}");
  }
  ++at_;
  Expression modulus = argument();
  if (bracket) expect(")", opened_at);
  return call("congruence", {std::move(left), std::move(right), std::move(modulus)});
}

// What stands behind a bar: x^3 |_{x=2}, x^3 |_0^2
Expression Parser::evaluated(Expression value) {
  if (!take("_")) return failed("behind the bar, _{x=2} is expected, or bounds");
  Expression low = argument();
  if (low.is_call("eq") && !here().is("^")) return call("at", {std::move(value), std::move(low)});
  std::string variable = inferred(value, "the difference");
  if (low.is_call("eq")) {
    variable = low.arguments[0].text;
    low = Expression(low.arguments[1]);
  }
  if (!take("^")) return failed("behind the bar there is only one bound");
  Expression high = argument();
  const auto there = [&](Expression place) {
    return call("at", {value, call("eq", {symbol(variable), std::move(place)})});
  };
  return call("sub", {there(std::move(high)), there(std::move(low))});
}

Expression Parser::pmod(Expression left) {
  ++at_;
  return call("mod", {std::move(left), argument()});
}

}  // namespace lsp::features::solve
