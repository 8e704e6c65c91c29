#include "engine/base/format.h"
#include "lsp/features/jinja/expressions.h"
#include "lsp/features/jinja/syntax.h"

namespace lsp::features::jinja {
namespace {

using engine::base::concat;
using engine::base::in_quotes;
using StatementKind = Statement::Kind;
using Body = std::vector<Statement>;

class Parser : ExpressionReader {
 public:
  using ExpressionReader::ExpressionReader;

  engine::base::Result<Body> parse() {
    Body body = read_body({});
    if (ok() && token().kind != Token::Kind::end) refuse("a block that closes nothing");
    if (!ok()) return engine::base::Error{error_};
    return body;
  }

 private:
  // Up to a tag that begins with one of these names, which is left; or to the end.
  Body read_body(std::initializer_list<std::string_view> ends) {
    Body body;
    if (++depth_ > most_depth) refuse("what is nested deeper than lemma reads");
    while (ok() && token().kind != Token::Kind::end) {
      const size_t offset = token().offset;
      if (token().kind == Token::Kind::text) {
        body.push_back({.kind = StatementKind::text, .offset = offset, .text = token().text});
        skip();
        continue;
      }
      if (token().kind == Token::Kind::output) {
        skip();
        Statement output{.kind = StatementKind::output, .offset = offset};
        output.expression = read();
        close();
        body.push_back(std::move(output));
        continue;
      }
      skip();  // {%
      for (const std::string_view end : ends) {
        if (is_name(end)) return --depth_, std::move(body);
      }
      body.push_back(read_statement(offset));
    }
    if (ends.size() > 0) refuse(concat(in_quotes(*(ends.end() - 1)), " is missing"));
    --depth_;
    return body;
  }

  void close() {
    if (token().kind != Token::Kind::close) {
      refuse(concat(in_quotes(token().text), " where the tag should end"));
    }
    skip();
  }

  Statement read_statement(size_t offset) {
    Statement statement{.kind = StatementKind::block, .offset = offset};
    if (take_name("if")) {
      read_choice(statement);
    } else if (take_name("for")) {
      read_loop(statement);
    } else if (take_name("set")) {
      read_assignment(statement);
    } else if (take_name("macro")) {
      read_macro(statement);
    } else if (take_name("generation")) {  // marks what a model is trained on
      close();
      statement.body = read_body({"endgeneration"});
      skip();
      close();
    } else if (is_name("break") || is_name("continue")) {
      statement.kind = is_name("break") ? StatementKind::leave : StatementKind::next;
      skip();
      close();
    } else {
      refuse(concat("the block ", in_quotes(token().text), ", which lemma does not know"));
    }
    return statement;
  }

  void read_choice(Statement& choice) {
    choice.kind = StatementKind::choice;
    choice.expression = read();
    close();
    choice.body = read_body({"elif", "else", "endif"});
    const size_t offset = token().offset;
    if (take_name("elif")) {
      if (++depth_ > most_depth) refuse("what is nested deeper than lemma reads");
      Statement next{.kind = StatementKind::choice, .offset = offset};
      read_choice(next);
      choice.otherwise.push_back(std::move(next));
      --depth_;
      return;
    }
    if (take_name("else")) {
      close();
      choice.otherwise = read_body({"endif"});
    }
    skip();
    close();
  }

  void read_loop(Statement& loop) {
    loop.kind = StatementKind::loop;
    loop.names = read_names();
    if (!take_name("in")) refuse("'in' is missing");
    loop.expression = read_without_condition();
    if (take_name("if")) loop.condition = read();
    close();
    loop.body = read_body({"else", "endfor"});
    if (take_name("else")) {
      close();
      loop.otherwise = read_body({"endfor"});
    }
    skip();
    close();
  }

  std::vector<std::string> read_names() {
    std::vector<std::string> names;
    const bool bracketed = take_sign("(");
    do {
      names.push_back(expect_name());
    } while (ok() && take_sign(","));
    if (bracketed) expect_sign(")");
    return names;
  }

  void read_assignment(Statement& statement) {
    statement.kind = StatementKind::assign;
    statement.names = read_names();
    if (take_sign(".")) {
      statement.target = statement.names.front();
      statement.names = {expect_name()};
    }
    if (take_sign("=")) {
      statement.expression = read();
      return close();
    }
    if (!statement.target.empty() || statement.names.size() > 1) refuse("'=' is missing");
    statement.kind = StatementKind::capture;
    statement.text = statement.names.front();
    close();
    statement.body = read_body({"endset"});
    skip();
    close();
  }

  void read_macro(Statement& macro) {
    macro.kind = StatementKind::macro;
    macro.text = expect_name();
    expect_sign("(");
    while (ok() && !is_sign(")")) {
      macro.names.push_back(expect_name());
      if (take_sign("=")) {
        macro.defaults.push_back(read());
      } else if (!macro.defaults.empty()) {
        refuse("a parameter without a default behind one with it");
      }
      if (!take_sign(",")) break;
    }
    expect_sign(")");
    close();
    macro.body = read_body({"endmacro"});
    skip();
    close();
  }
};

}  // namespace

engine::base::Result<std::vector<Statement>> parse(std::string_view source) {
  auto tokens = tokens_of(source);
  if (!tokens) return tokens.error();
  return Parser(source, *std::move(tokens)).parse();
}

}  // namespace lsp::features::jinja
