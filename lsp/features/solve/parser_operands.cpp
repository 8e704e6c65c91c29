// Numbers, names, brackets and functions.
//
// A name is what no table knows: one letter, a Greek letter, or letters with digits. Two or three
// letters are a product, which is noted; longer words are names between signs, and an error beside
// other words, since prose is no formula.
#include <algorithm>
#include <cctype>
#include <map>

#include "lsp/features/solve/names.h"
#include "lsp/features/solve/parser.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using engine::base::in_quotes;
using Kind = Token::Kind;

constexpr int max_operands = 100'000;

// Whether ddof=1 stands there, which it takes out.
bool take_out_degrees_of_freedom(std::vector<Token>& tokens, size_t from) {
  for (size_t i = from; i + 3 < tokens.size(); ++i) {
    if (!tokens[i].is_word("ddof") || !tokens[i + 1].is("=") || tokens[i + 2].text != "1" ||
        !tokens[i - 1].is(",")) {
      continue;
    }
    const auto begin = tokens.begin() + static_cast<long>(i) - 1;
    tokens.erase(begin, begin + 4);
    return true;
  }
  return false;
}

// f(2), P(A)
bool seems_function(const std::string& name, const Token& inside, const Token& behind) {
  const bool upper = std::isupper(static_cast<unsigned char>(name[0])) != 0;
  const bool of_name = inside.kind == Kind::word && inside.text.size() == 1 && behind.is(")");
  return name == "f" || name == "g" || name == "h" || (upper && of_name);
}

// PV, nRT, ax
bool is_product_of_letters(const std::string& text) {
  if (text.size() > 3 || text == "AND" || text == "OR" || text == "NOT" || text == "XOR") {
    return false;
  }
  const bool formula = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || std::string_view("kmnpqrtv").find(c) != std::string::npos;
  });
  return formula || text.find_first_not_of("abckmnpqrstuvwxyz") == std::string::npos;
}

bool is_trigonometric(std::string_view head) {
  static const std::set<std::string_view> all{"sin", "cos", "tan", "sec", "csc", "cot"};
  return all.contains(head);
}

// A multiple of pi, such as 2 pi
bool is_turn(const Expression& tree) {
  if (tree.is_call("neg")) return is_turn(tree.arguments[0]);
  if (!tree.is_call("mul")) return tree.is_symbol() && tree.text == "pi";
  return tree.arguments[0].kind == Expression::Kind::number && is_turn(tree.arguments[1]);
}

}  // namespace

Expression Parser::operand() {
  // Attempts within attempts could double the work with each term.
  if (++operands_ > max_operands) return failed("the formula is too complicated to be read");
  const Token& token = here();
  switch (token.kind) {
    case Kind::number:
      if (auto found = here(1).kind == Kind::word ? number_phrase() : std::nullopt) return *found;
      ++at_;
      return number(token.text);
    case Kind::word:
      return word();
    case Kind::command:
      return command();
    case Kind::mark:
      return bracketed();
    case Kind::end:
      return missing();
  }
  return missing();
}

Expression Parser::bracketed() {
  const size_t opened_at = here().at;
  if (here().is("[")) return row_list();
  if (here().is("|")) {
    ++at_;
    ++bars_;
    Expression inside = sum();
    --bars_;
    expect("|", opened_at);
    return call("abs", {std::move(inside)});
  }
  const bool curly = here().is("{");
  if (!here().is("(") && !curly) return missing();
  ++at_;
  const int bars = std::exchange(bars_, 0);
  std::vector<Expression> inside = items(curly ? "}" : ")");
  bars_ = bars;
  expect(curly ? "}" : ")", opened_at);
  if (inside.empty()) return failed(concat("there is nothing in the brackets at ", opened_at + 1));
  if (curly && notation_ == Notation::plain) return call("set", std::move(inside));
  return inside.size() == 1 ? std::move(inside.front()) : call("tuple", std::move(inside));
}

// [1, 2], [[1, 2], [3, 4]] or [1, 2; 3, 4]
Expression Parser::row_list() {
  const size_t opened_at = here().at;
  ++at_;
  const int bars = std::exchange(bars_, 0);
  std::vector<Expression> rows{call("list", items("]"))};
  while (take(";")) rows.push_back(call("list", items("]")));
  bars_ = bars;
  expect("]", opened_at);
  if (here().is("_") && rows.size() == 1 && rows.front().arguments.size() == 1) {
    return evaluated(Expression(rows.front().arguments.front()));  // [x^2]_1^3
  }
  const std::vector<Expression>& only = rows.front().arguments;
  if (notation_ == Notation::latex && rows.size() == 1 && only.size() == 1 &&
      !only.front().is_call("list")) {
    return Expression(only.front());  // \left[ x + 1 \right] is a bracket there
  }
  return rows.size() == 1 ? std::move(rows.front()) : call("list", std::move(rows));
}

Expression Parser::word() {
  if (is_differential()) {  // \frac{dx}{x}: the factor 1
    const std::string& text = here().text;
    differential_ = text.size() == 2 ? text.substr(1) : here(1).text;
    at_ += text.size() == 2 ? 1 : 2;
    return number("1");
  }
  if (auto derivative = derivative_operator()) return *derivative;
  if (auto found = phrase()) return *found;
  const Token token = here();
  if (is_stop_word(token.text) && !unit_named(token.text)) return missing();
  if (unknown_function_ && token.text == unknown_function_->name) return unknown_function();
  if (here(1).is(".") && (token.text == "math" || token.text == "sympy" || token.text == "sp" ||
                          token.text == "np" || token.text == "S" || token.text == "cmath" ||
                          token.text == "statistics" || token.text == "numpy")) {
    at_ += 2;
    if (token.text.starts_with('n')) {
      if (here().is_word("linalg") && here(1).is(".")) at_ += 2;
      // Of the whole population there, unlike Python's own, unless ddof=1 says otherwise.
      const bool sample = take_out_degrees_of_freedom(tokens_, at_ + 1);
      if (sample && here().is_word("var")) tokens_[at_].text = "variance";
      if (!sample && (here().is_word("std") || here().is_word("var"))) {
        tokens_[at_].text = here().is_word("std") ? "pstdev" : "pvariance";
      }
    }
    if (here(1).is("(") && here().is_word("radians")) tokens_[at_].text = "from_degrees";
    if (here(1).is("(") && here().is_word("degrees")) tokens_[at_].text = "to_degrees";
    return word();
  }
  const bool called = here(1).is("(");
  if (called) {
    if (auto found = called_by_name(token.text)) return *found;
  }
  if (units_ && !called) {
    if (const auto unit = unit_named(token.text)) {
      ++at_;
      return {Expression::Kind::unit, *unit, {}};
    }
  }
  const auto head = function_named(token.text);
  const bool is_name = token.text.size() == 1 || is_greek(token.text);
  if (head && (!is_name || (called && token.text == "N"))) {
    ++at_;
    return function(token.text, *head);
  }
  if (called && (token.text == "S" || token.text == "Integer" || token.text == "sympify")) {
    ++at_;
    return bracketed();
  }
  if (token.text == "totient" || (token.text == "phi" && called)) {
    ++at_;
    return function(token.text, "totient");
  }
  return unknown_word(token);
}

// What only a bracket directly behind it makes a function.
std::optional<Expression> Parser::called_by_name(const std::string& name) {
  if (name == "to_degrees" || name == "from_degrees") {
    ++at_;
    return called(name == "to_degrees" ? name : "degrees", call_arguments());
  }
  // zeta(2) and phi(36) of numbers are functions, as Gamma is; else such a name is a factor.
  static const std::map<std::string_view, const char*> greek{
      {"zeta", "zeta"}, {"Gamma", "gamma"}, {"varphi", "totient"}, {"sigma", "divisor_sum"}};
  const auto found = greek.find(name);
  if (found == greek.end() || here(2).kind != Kind::number || !here(3).is(")")) return std::nullopt;
  ++at_;
  return call(found->second, call_arguments());
}

// Not the name of a function.
Expression Parser::unknown_word(const Token& token) {
  const std::string text = token.text;
  ++at_;
  if (const auto constant = constant_named(text)) return symbol(*constant);
  if (const auto amount = amount_named(text)) return number(*amount);
  // C(5, 2) and P(5, 2), where C and P stand for nothing else
  if ((text == "C" || text == "P") && here().is("(") && !here().spaced) {
    const Place before = place();
    std::vector<Expression> arguments = call_arguments();
    if (!error_ && arguments.size() == 2) {
      note(concat(text, "(n, k) was read as the number of ",
                  text == "C" ? "combinations" : "arrangements"));
      return call(text == "C" ? "binomial" : "permutations", std::move(arguments));
    }
    go_back(before);
  }
  const size_t index = text.find_first_of("_0123456789");
  const bool indexed = index != std::string::npos && index <= 3;
  const bool called = here().is("(") && !here().spaced;
  const bool names = text.size() == 1 ? here().spaced : is_greek(text) || indexed;
  if (here().is("[") && notation_ == Notation::plain && !names) {  // a[i], sort [3, 1, 2]
    return failed(concat(in_quotes(text), " before '[' is no word that a formula has"));
  }
  if (text.size() == 1 || is_greek(text) || (indexed && !called)) {
    if (called && seems_function(text, here(1), here(2)))
      note(concat(text, "(…) was read as a product"));
    return symbol(text);
  }
  if (called) return failed(concat("there is no function ", in_quotes(text), " in a formula"));
  if (auto split = glued(text)) return *split;
  if (text.size() == 2 && text[0] == 'd') {
    return failed(concat(in_quotes(text), " stands here without an integral"));
  }
  if (is_product_of_letters(text)) {
    Expression letters = symbol(text.substr(0, 1));
    std::string shown = text.substr(0, 1);
    for (size_t i = 1; i < text.size(); ++i) {
      Expression letter = symbol(text.substr(i, 1));
      if (i + 1 == text.size() && take("^")) {  // ax^2 is a*x^2
        letter = call("pow", {std::move(letter), exponent()});
      } else if (i + 1 == text.size() && take("²")) {
        letter = call("pow", {std::move(letter), number("2")});
      }
      letters = call("mul", {std::move(letters), std::move(letter)});
      shown += concat('*', text[i]);
    }
    note(concat(text, " was read as ", shown));
    return letters;
  }
  // A long name stands between signs; beside a word or a number it is prose.
  const auto is_prose = [](const Token& each) {
    return each.kind == Kind::word || each.kind == Kind::number || each.is(")") || each.is("%");
  };
  const bool bracket = here().is("(") && here().spaced;
  const bool in_prose = bracket || here().kind == Kind::word || here().kind == Kind::number ||
                        (at_ >= 2 && is_prose(tokens_[at_ - 2]));
  if (in_prose) return failed(concat(in_quotes(text), " is no word that a formula has"));
  return symbol(text);
}

// sinx, ln2
std::optional<Expression> Parser::glued(const std::string& text) {
  for (const size_t length : {4u, 3u, 2u}) {
    if (text.size() <= length || text.size() > length + 2) continue;
    const auto head = function_named(text.substr(0, length));
    if (!head || !is_elementary(*head)) continue;
    note(concat(text, " was read as ", text.substr(0, length), "(", text.substr(length), ")"));
    Expression inside = symbol(text.substr(length, 1));
    if (text.size() == length + 2) {
      inside = call("mul", {std::move(inside), symbol(text.substr(length + 1))});
    }
    return call(*head, {std::move(inside)});
  }
  return std::nullopt;
}

// Named arguments of SymPy say how to answer, but for those that say where.
std::vector<Expression> Parser::options_and_items() {
  static const std::set<std::string> where{"domain", "dir"};
  static const std::set<std::string> how{"dict", "set", "evaluate", "full", "gen", "n"};
  std::vector<Expression> all;
  while (!error_ && !here().is(")") && !at_end()) {
    const bool named = here(1).is("=") && here().kind == Kind::word;
    const bool dropped = named && how.contains(here().text);
    if (dropped || (named && where.contains(here().text))) at_ += 2;
    Expression each = relation();
    if (!dropped) all.push_back(std::move(each));
    if (!take(",")) break;
  }
  return all;
}

std::vector<Expression> Parser::call_arguments() {
  const size_t opened_at = here().at;
  ++at_;
  const int bars = std::exchange(bars_, 0);
  std::vector<Expression> arguments = options_and_items();
  // sum(k**2 for k in range(1, 11))
  if (!arguments.empty() && take_word("for")) {
    const std::string variable = here().text;
    ++at_;
    if (!take_word("in") || !take_word("range") || !here().is("(")) {
      failed("after 'for' in a sum, 'NAME in range(…)' is expected");
    } else {
      std::vector<Expression> bounds = call_arguments();
      if (bounds.size() == 1) bounds.insert(bounds.begin(), number("0"));
      if (bounds.size() != 2) failed("range takes one or two bounds here");
      if (error_) return {};
      bounds[1] = call("sub", {bounds[1], number("1")});
      arguments.push_back(call("tuple", {symbol(variable), bounds[0], bounds[1]}));
    }
  }
  bars_ = bars;
  expect(")", opened_at);
  return arguments;
}

Expression Parser::function(const std::string& name, const std::string& head) {
  const bool with_base = head == "log" && (take("_") || take_word("base"));
  if (with_base) {
    const Expression base = argument();
    take_word("of");
    const bool bracket = here().is("(");
    std::vector<Expression> of = bracket ? call_arguments() : std::vector{function_argument()};
    if (of.empty()) return missing();
    return call("log", {of.front(), base});
  }
  // sin pi/4 is meant of a quarter of pi; of ln x/2 it is not clear.
  const auto unbracketed = [&] {
    Expression of = function_argument();
    if ((head == "sqrt" || head == "cbrt") && of.is_call("mul") &&
        of.arguments[0].kind == Expression::Kind::number) {
      note(concat(name, " a b was read as ", name, "(a*b)"));
    }
    if (!here().is("/") || here(1).kind != Kind::number) return of;
    if (is_trigonometric(head) && is_turn(of) && !starts_operand(2)) {
      ++at_;
      note(concat(name, " pi/b was read as ", name, "(pi/b)"));
      return call("div", {std::move(of), postfix()});
    }
    if (head != "sqrt" && head != "cbrt") {
      note(concat(name, " a/b was read as (", name, " a)/b"));
    }
    return of;
  };
  if (here().is("^")) {  // sin^2 x
    ++at_;
    Expression raised = exponent();
    Expression of = here().is("(") ? bracketed() : unbracketed();
    return with_exponent(head, std::move(raised), std::move(of));
  }
  if (take("²")) {
    Expression of = here().is("(") ? bracketed() : unbracketed();
    return call("pow", {call(head, {std::move(of)}), number("2")});
  }
  if (here().is("(")) return called(head, call_arguments());
  if (here().is("[") && !is_elementary(head)) return called(head, {row_list()});
  if (notation_ == Notation::latex && head == "floor") {
    Expression inside = sum();
    if (!here().is_command("rfloor")) return failed("\\lfloor is never closed by \\rfloor");
    ++at_;
    return call("floor", {std::move(inside)});
  }
  if (take_word("of")) return call(head, {function_argument()});
  if (is_elementary(head)) return call(head, {unbracketed()});
  if (here().kind == Kind::command && here().text.starts_with("begin ")) {
    return call(head, {power()});  // \operatorname{tr} before a matrix
  }
  return failed(concat(in_quotes(name), " stands here without what it is to be applied to"));
}

Expression Parser::with_exponent(const std::string& head, Expression raised, Expression argument) {
  const bool inverse = raised.is_call("neg") &&
                       raised.arguments[0].kind == Expression::Kind::number &&
                       raised.arguments[0].text == "1";
  const auto arc = function_named("a" + head);
  if (inverse && arc) {
    note(concat(head, "^(-1) was read as the inverse function ", *arc));
    return call(*arc, {std::move(argument)});
  }
  return call("pow", {call(head, {std::move(argument)}), std::move(raised)});
}

// sin 2x cos x: a function without brackets takes the product up to the next function or sign.
Expression Parser::function_argument() {
  if (here().is("-")) {
    ++at_;
    return call("neg", {function_argument()});
  }
  Expression left = power();
  bool several = false;
  while (!error_ && starts_operand() && !here().is("(") && !here().is("[") && !here().is("|") &&
         here().kind != Kind::number) {
    if (here().kind == Kind::word && function_named(here().text) && here().text.size() > 1 &&
        !is_greek(here().text)) {
      break;
    }
    if (here().kind == Kind::command && here().text != "frac") break;
    left = call("mul", {std::move(left), power()});
    several = true;
  }
  if (several && left.arguments[0].kind != Expression::Kind::number) {
    note("f a b was read as f(a*b)");
  }
  return left;
}

}  // namespace lsp::features::solve
