// Reads the tokens of a template one after the other; its expressions, by Jinja's precedence.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/features/jinja/lexer.h"
#include "lsp/features/jinja/syntax.h"

namespace lsp::features::jinja {

// The first error is remembered; after one, nothing more is read and every expression is null.
class ExpressionReader {
 public:
  ExpressionReader(std::string_view source, std::vector<Token> tokens)
      : source_(source), tokens_(std::move(tokens)) {}

  using Pointer = std::unique_ptr<Expression>;
  Pointer read();  // with `A if B else C`
  Pointer read_without_condition();

 protected:
  // Deeper than any template that people write; shallow enough for a thread's stack.
  static constexpr int most_depth = 100;

  const Token& token() const { return tokens_[at_]; }
  void skip() { at_ += at_ + 1 < tokens_.size() ? 1 : 0; }
  bool is_sign(std::string_view sign) const {
    return token().kind == Token::Kind::sign && token().text == sign;
  }
  bool is_name(std::string_view name) const {
    return token().kind == Token::Kind::name && token().text == name;
  }
  bool take_sign(std::string_view sign) { return is_sign(sign) && (skip(), true); }
  bool take_name(std::string_view name) { return is_name(name) && (skip(), true); }
  void expect_sign(std::string_view sign);
  std::string expect_name();

  void refuse(const std::string& why);  // at the token
  bool ok() const { return error_.empty(); }

  const std::string_view source_;
  std::string error_;
  int depth_ = 0;

 private:
  using Next = Pointer (ExpressionReader::*)();
  Pointer make(Expression::Kind kind, std::string text = {});
  Pointer chain(Next next, std::initializer_list<std::string_view> signs, Token::Kind kind);
  Pointer read_or();
  Pointer read_and();
  Pointer read_not();
  Pointer read_comparison();
  Pointer read_sum();
  Pointer read_joined();  // by ~
  Pointer read_product();
  Pointer read_signed();
  Pointer read_power();
  Pointer read_primary();
  Pointer read_bracketed();
  Pointer read_dict();
  Pointer read_behind(Pointer value);  // attributes, items, calls
  Pointer read_item(Pointer value);
  Pointer read_filters(Pointer value);
  Pointer read_test(Pointer value);
  void read_arguments(Expression& call);

  const std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace lsp::features::jinja
