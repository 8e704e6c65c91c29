// Powers, and what stands behind an operand: x^2, 5!, 20%, 30 degrees, A^T.
#include "lsp/features/solve/names.h"
#include "lsp/features/solve/parser.h"

namespace lsp::features::solve {
namespace {

using engine::base::concat;
using Kind = Token::Kind;

bool is_euler(const Expression& tree) {
  return tree.is_symbol() && (tree.text == "e" || tree.text == "E");
}

// i, or the ix of e^ix
bool is_imaginary(const Expression& tree) {
  return tree.is_symbol() && (tree.text == "i" || (tree.text.size() == 2 && tree.text[0] == 'i'));
}

}  // namespace

// The exponent, with what else is meant to be in it (e^ix, e^i pi); what may be meant (e^2x, x^1/2)
// is noted.
Expression Parser::end_of_power(const Expression& base, Expression raised) {
  using Is = Expression::Kind;
  const bool follows = here().kind == Kind::word && !here().spaced && starts_operand();
  if (is_euler(base) && is_imaginary(raised)) {
    if (raised.text.size() > 1) {
      note("e^ia was read as e^(i*a)");
      return call("mul", {symbol("i"), symbol(raised.text.substr(1))});
    }
    if (!follows) return raised;
    note("e^i a was read as e^(i*a)");
    return call("mul", {std::move(raised), power()});
  }
  const bool negative = raised.is_call("neg");
  const Expression& number = negative ? raised.arguments[0] : raised;
  if (units_ || number.kind != Is::number || tokens_[at_ - 1].kind != Kind::number) return raised;
  if (follows && (base.kind == Is::number || is_euler(base))) {
    note("a^b c was read as (a^b)*c");
  }
  if ((negative || number.text == "1") && here().is("/") && here(1).kind == Kind::number &&
      !here().spaced) {
    note("a^b/c was read as (a^b)/c");
  }
  return raised;
}

Expression Parser::postfix() { return postfix_of(operand()); }

Expression Parser::postfix_of(Expression value) {
  while (!error_) {
    if (here().is("'")) {
      int order = 0;
      while (take("'")) ++order;
      if (value.is_call("list") || value.is_call("matrix")) {
        value = call("transpose", {std::move(value)});
        continue;
      }
      if (value.is_symbol()) {
        return failed(concat("what ", value.text, " is is not said, so it has no derivative"));
      }
      const std::string variable = inferred(value, "the derivative");
      value = call("diff", {std::move(value), symbol(variable), number(std::to_string(order))});
    } else if (here().is("!") && here(1).is("!") && !here(1).spaced) {
      at_ += 2;
      if (here().is("!") && !here().spaced) return failed("what '!!!' means is not clear");
      note("n!! was read as the double factorial, the product of every other number");
      value = call("factorial2", {std::move(value)});
    } else if (take("!")) {
      value = call("factorial", {std::move(value)});
    } else if (here().is("%") && here().spaced && here(1).is("-") && here(1).spaced &&
               here(2).kind == Kind::number && !here(2).spaced) {
      note("a % -b was read as the remainder of a division");
      return value;  // Python's 7 % -3
    } else if (here().is("%") && !starts_operand(1)) {
      ++at_;
      value = call("percent", {std::move(value)});
    } else if (here().is_word("percent")) {
      ++at_;
      value = call("percent", {std::move(value)});
    } else if (!units_ && (take_word("degrees") || take_word("deg"))) {
      value = call("degrees", {std::move(value)});
    } else if (here().is_word("factorial") && !here(1).is("(")) {
      ++at_;
      value = call("factorial", {std::move(value)});
    } else if (take("°")) {
      value = call("degrees", {std::move(value)});
    } else if (take_word("transposed")) {
      value = call("transpose", {std::move(value)});
    } else if (here().is(".") && here(1).kind == Kind::word && !here(1).spaced) {
      value = method(std::move(value));
    } else {
      return value;
    }
  }
  return value;
}

}  // namespace lsp::features::solve
