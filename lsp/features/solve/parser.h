// Reads a formula by precedence climbing (Pratt). Inside this folder only.
// Precedence, the weakest first: relations; + and -; * / // % mod and products without a sign, from
// left to right; the sign of a number; powers, from right to left; ! % . and °.
// The first error stops everything: from then on there are no more tokens.
#pragma once

#include <optional>

#include "engine/base/format.h"
#include "engine/base/result.h"
#include "lsp/features/solve/joined.h"

namespace lsp::features::solve {

// The head of the relation that a token stands for: "le" of "<="; null for others.
const char* relation_head(const Token& token);

class Parser {
 public:
  Parser(std::vector<Token> tokens, Notation notation);
  // All of the text: one task.
  Expression whole();
  const std::optional<engine::base::Error>& error() const { return error_; }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Place {
    size_t at;
    std::vector<std::string> notes;
    std::optional<engine::base::Error> error;
  };
  Place place() const { return {at_, notes_, error_}; }
  void go_back(Place place);
  // parser.cpp
  const Token& here(size_t ahead = 0) const;
  bool at_end() const { return here().kind == Token::Kind::end; }
  bool take(std::string_view mark);
  bool take_word(std::string_view word);
  bool take_words(std::initializer_list<std::string_view> words);
  void skip_words(std::initializer_list<std::string_view> words);
  void expect(std::string_view mark, size_t opened_at);
  Expression failed(const std::string& message);
  Expression missing();
  void note(std::string text);
  bool starts_operand(size_t ahead = 0) const;
  bool is_differential() const;
  bool stands_between_vectors(size_t ahead) const;
  Expression relation();
  Expression sum();
  Expression product();
  Expression progression(Expression begun);
  bool is_share() const;
  Expression share(Expression percent);
  Expression share_of(Expression part);
  Expression juxtaposed(Expression left);
  Expression sign();
  Expression power();
  Expression end_of_power(const Expression& base, Expression raised);
  Expression exponent();
  Expression postfix();
  Expression postfix_of(Expression value);
  Expression method(Expression object);
  Expression called(const std::string& head, std::vector<Expression> arguments);
  Expression substitution(std::vector<Expression> arguments);
  std::vector<Expression> items(std::string_view end);
  // parser_operands.cpp
  Expression operand();
  Expression bracketed();
  Expression row_list();
  Expression word();
  std::optional<Expression> called_by_name(const std::string& name);
  Expression unknown_word(const Token& token);
  Expression function(const std::string& name, const std::string& head);
  Expression function_argument();
  Expression with_exponent(const std::string& head, Expression raised, Expression argument);
  std::vector<Expression> options_and_items();
  std::vector<Expression> call_arguments();
  std::optional<Expression> derivative_operator();
  std::optional<Expression> glued(const std::string& text);
  bool begins_operator(size_t ahead) const;
  Expression scope(const std::string& variable);
  // parser_latex.cpp
  Expression command();
  Expression argument();  // {…}, or one token
  Expression fraction();
  Expression integral(int count);
  Expression big_operator(const std::string& head);
  Expression latex_limit();
  Expression environment(const std::string& name);
  std::vector<std::vector<Expression>> rows(const std::string& name);
  bool is_in_pieces() const;
  Expression cases();
  Expression pieces(Expression value);
  Expression congruence(Expression left);
  Expression pmod(Expression left);
  Expression evaluated(Expression value);

  // parser_phrases.cpp and parser_tasks.cpp
  struct Range {
    std::string variable;
    std::optional<Expression> low, high;
  };
  std::optional<Expression> phrase();
  std::optional<Expression> list_phrase();
  Expression under_root();
  std::optional<Expression> number_phrase();
  std::optional<Expression> pair_phrase();
  std::optional<Expression> part_phrase();
  std::optional<Expression> extremum_phrase();
  Expression division(const char* head);
  std::optional<Expression> first_numbers();
  Expression series_phrase();
  Expression converted(Expression tree);
  Expression ended(Expression tree);
  Expression differential(Expression tree);
  Expression unknown_function();
  Expression task();
  Expression integral_phrase();
  Expression derivative_phrase(int order);
  Expression limit_phrase();
  Expression sum_phrase(const std::string& head);
  Expression solve_phrase();
  Expression equations();
  void conditions(Expression& unknowns, Expression& domain, Expression& assumed);
  void domain_words(Expression& domain, Expression& assumed);
  Range range();
  std::string variable_word();
  Expression limit_of(Expression body, const std::string& variable);
  enum class Body { before, follows };
  Expression point_and_side(std::string& side, Body body);
  Expression comma_list();
  std::string inferred(const Expression& body, const char* what);
  Expression suffixes(Expression tree);
  std::vector<Token> tokens_;
  Notation notation_;
  size_t at_ = 0;
  int depth_ = 0;
  int operands_ = 0;         // that were begun, those of attempts that were given up included
  int bars_ = 0;             // |…| that are open
  bool congruence_ = false;  // whose modulus ends it
  int integrals_ = 0;        // whose differential has not come
  bool units_ = false;
  int sums_ = 0;  // whose bounds may follow without a word: sum k^2 k=1..5
  std::optional<UnknownFunction> unknown_function_;
  std::string differential_;  // of \frac{dx}{x}
  std::vector<std::string> notes_;
  std::optional<engine::base::Error> error_;
};

}  // namespace lsp::features::solve
