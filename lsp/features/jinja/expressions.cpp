#include "lsp/features/jinja/expressions.h"

#include <algorithm>
#include <cstdlib>

#include "engine/base/format.h"

namespace lsp::features::jinja {

using engine::base::concat;
using engine::base::in_quotes;
using ExpressionKind = Expression::Kind;
using Pointer = ExpressionReader::Pointer;

void ExpressionReader::refuse(const std::string& why) {
  if (ok()) error_ = problem_at(source_, token().offset, why).message;
  at_ = tokens_.size() - 1;
}

void ExpressionReader::expect_sign(std::string_view sign) {
  if (!take_sign(sign)) refuse(concat(in_quotes(sign), " is missing"));
}

std::string ExpressionReader::expect_name() {
  std::string name = token().text;
  if (token().kind != Token::Kind::name) refuse("a name is missing");
  skip();
  return name;
}

Pointer ExpressionReader::make(ExpressionKind kind, std::string text) {
  return std::make_unique<Expression>(
      Expression{.kind = kind, .offset = token().offset, .text = std::move(text)});
}

Pointer ExpressionReader::read() {
  if (++depth_ > most_depth) refuse("what is nested deeper than lemma reads");
  Pointer value = read_or();
  while (ok() && is_name("if")) {
    Pointer choice = make(ExpressionKind::conditional);
    skip();
    choice->parts.push_back(std::move(value));
    choice->parts.push_back(read_or());
    if (take_name("else")) choice->parts.push_back(read());
    value = std::move(choice);
  }
  --depth_;
  return value;
}

Pointer ExpressionReader::read_without_condition() { return read_or(); }

// `next sign next sign next`, from the left.
Pointer ExpressionReader::chain(Next next, std::initializer_list<std::string_view> signs,
                                Token::Kind kind) {
  Pointer left = (this->*next)();
  while (ok() && token().kind == kind &&
         std::find(signs.begin(), signs.end(), token().text) != signs.end()) {
    Pointer both = make(ExpressionKind::binary, token().text);
    skip();
    both->parts.push_back(std::move(left));
    both->parts.push_back((this->*next)());
    left = std::move(both);
  }
  return left;
}

Pointer ExpressionReader::read_or() {
  return chain(&ExpressionReader::read_and, {"or"}, Token::Kind::name);
}
Pointer ExpressionReader::read_and() {
  return chain(&ExpressionReader::read_not, {"and"}, Token::Kind::name);
}
Pointer ExpressionReader::read_sum() {
  return chain(&ExpressionReader::read_joined, {"+", "-"}, Token::Kind::sign);
}
Pointer ExpressionReader::read_joined() {
  return chain(&ExpressionReader::read_product, {"~"}, Token::Kind::sign);
}
Pointer ExpressionReader::read_product() {
  return chain(&ExpressionReader::read_signed, {"*", "/", "//", "%"}, Token::Kind::sign);
}
Pointer ExpressionReader::read_power() {
  return chain(&ExpressionReader::read_primary, {"**"}, Token::Kind::sign);
}

Pointer ExpressionReader::read_not() {
  if (!is_name("not")) return read_comparison();
  Pointer value = make(ExpressionKind::unary, "not");
  skip();
  if (++depth_ > most_depth) refuse("what is nested deeper than lemma reads");
  value->parts.push_back(read_not());
  --depth_;
  return value;
}

Pointer ExpressionReader::read_comparison() {
  Pointer left = read_sum();
  for (int count = 0; ok(); ++count) {
    constexpr std::string_view signs[] = {"==", "!=", "<", ">", "<=", ">="};
    const bool compares =
        token().kind == Token::Kind::sign &&
        std::find(std::begin(signs), std::end(signs), token().text) != std::end(signs);
    Pointer both = make(ExpressionKind::binary, token().text);
    if (is_name("not") && at_ + 1 < tokens_.size() && tokens_[at_ + 1].text == "in") {
      both->text = "not in";
      skip();
    } else if (!compares && !is_name("in")) {
      break;
    }
    if (count > 0) refuse("a chain of comparisons, which lemma does not compute");
    skip();
    both->parts.push_back(std::move(left));
    both->parts.push_back(read_sum());
    left = std::move(both);
  }
  return left;
}

Pointer ExpressionReader::read_signed() {
  if (!is_sign("-") && !is_sign("+")) return read_filters(read_power());
  Pointer value = make(ExpressionKind::unary, token().text);
  skip();
  value->parts.push_back(read_power());
  return read_filters(std::move(value));
}

Pointer ExpressionReader::read_primary() {
  if (!ok()) return nullptr;
  if (++depth_ > most_depth) refuse("what is nested deeper than lemma reads");
  Pointer value = make(ExpressionKind::literal);
  const std::string& text = token().text;
  switch (token().kind) {
    case Token::Kind::integer:
      value->value = Value(int64_t{std::atoll(text.c_str())});
      break;
    case Token::Kind::number:
      value->value = Value(std::atof(text.c_str()));
      break;
    case Token::Kind::string:
      value->value = Value(Text::own(text));
      break;
    case Token::Kind::name:
      if (text == "true" || text == "True" || text == "false" || text == "False") {
        value->value = Value(text == "true" || text == "True");
      } else if (text == "none" || text == "None") {
        value->value = Value(None{});
      } else {
        value = make(ExpressionKind::name, text);
      }
      break;
    default:
      value = read_bracketed();
      --depth_;
      return read_behind(std::move(value));
  }
  skip();
  --depth_;
  return read_behind(std::move(value));
}

// A list, a dictionary, a tuple or what is in parentheses.
Pointer ExpressionReader::read_bracketed() {
  if (is_sign("{")) return read_dict();
  const bool is_list = is_sign("[");
  Pointer list = make(ExpressionKind::list);
  if (!take_sign("[") && !take_sign("(")) {
    refuse(token().kind == Token::Kind::close
               ? std::string("something is missing at the end of a tag")
               : concat(in_quotes(token().text), " where a value was expected"));
    return list;
  }
  const std::string_view end = is_list ? "]" : ")";
  bool is_tuple = false;
  while (ok() && !is_sign(end)) {
    list->parts.push_back(read());
    if (!take_sign(",")) break;
    is_tuple = true;
  }
  expect_sign(end);
  if (is_list || is_tuple || list->parts.empty()) return list;
  return std::move(list->parts.front());
}

Pointer ExpressionReader::read_dict() {
  Pointer dict = make(ExpressionKind::dict);
  skip();
  while (ok() && !is_sign("}")) {
    dict->parts.push_back(read());
    expect_sign(":");
    dict->parts.push_back(read());
    if (!take_sign(",")) break;
  }
  expect_sign("}");
  return dict;
}

Pointer ExpressionReader::read_behind(Pointer value) {
  while (ok()) {
    if (is_sign(".")) {
      Pointer attribute = make(ExpressionKind::attribute);
      skip();
      attribute->text = expect_name();
      attribute->parts.push_back(std::move(value));
      value = std::move(attribute);
    } else if (is_sign("[")) {
      value = read_item(std::move(value));
    } else if (is_sign("(")) {
      Pointer call = make(ExpressionKind::call);
      call->parts.push_back(std::move(value));
      read_arguments(*call);
      value = std::move(call);
    } else {
      break;
    }
  }
  return value;
}

Pointer ExpressionReader::read_item(Pointer value) {
  Pointer item = make(ExpressionKind::item);
  skip();
  item->parts.push_back(std::move(value));
  item->parts.push_back(is_sign(":") ? nullptr : read());
  while (take_sign(":")) {
    item->kind = ExpressionKind::slice;
    item->parts.push_back(is_sign(":") || is_sign("]") ? nullptr : read());
  }
  if (item->kind == ExpressionKind::slice) item->parts.resize(4);
  expect_sign("]");
  return item;
}

void ExpressionReader::read_arguments(Expression& call) {
  expect_sign("(");
  while (ok() && !is_sign(")")) {
    const bool is_named = token().kind == Token::Kind::name && at_ + 1 < tokens_.size() &&
                          tokens_[at_ + 1].kind == Token::Kind::sign &&
                          tokens_[at_ + 1].text == "=";
    if (is_named) {
      std::string name = expect_name();
      skip();
      call.named.emplace_back(std::move(name), read());
    } else {
      call.parts.push_back(read());
    }
    if (!take_sign(",")) break;
  }
  expect_sign(")");
}

Pointer ExpressionReader::read_filters(Pointer value) {
  while (ok()) {
    if (is_sign("|")) {
      Pointer filter = make(ExpressionKind::filter);
      skip();
      filter->text = expect_name();
      filter->parts.push_back(std::move(value));
      if (is_sign("(")) read_arguments(*filter);
      value = std::move(filter);
    } else if (is_name("is")) {
      value = read_test(std::move(value));
    } else {
      break;
    }
  }
  return value;
}

Pointer ExpressionReader::read_test(Pointer value) {
  Pointer test = make(ExpressionKind::test);
  skip();
  const bool negated = take_name("not");
  test->text = expect_name();
  test->parts.push_back(std::move(value));
  const bool has_operand =
      token().kind == Token::Kind::string || token().kind == Token::Kind::integer ||
      token().kind == Token::Kind::number || is_sign("[") ||
      (token().kind == Token::Kind::name && !is_name("and") && !is_name("or") && !is_name("else") &&
       !is_name("if") && !is_name("is") && !is_name("in") && !is_name("not"));
  if (is_sign("(")) {
    read_arguments(*test);
  } else if (has_operand) {
    test->parts.push_back(read_primary());
  }
  if (!negated) return test;
  Pointer opposite = make(ExpressionKind::unary, "not");
  opposite->parts.push_back(std::move(test));
  return opposite;
}

}  // namespace lsp::features::jinja
