// The words, numbers and marks of a formula, in one form for all notations.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace lsp::features::solve {

enum class Notation { plain, latex };

// ASCII's.
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Token {
  enum class Kind { number, word, command, mark, end };
  Kind kind = Kind::end;
  // A command is LaTeX's without its backslash ("frac"; "begin pmatrix"). Marks are "+", "<=", "->"
  // and the like: "**" is "^" here, "==" is "=", "\\" a row's end.
  std::string text;
  size_t at = 0;        // the byte where it begins
  bool spaced = false;  // whether space lies before it

  bool is(std::string_view mark) const { return kind == Kind::mark && text == mark; }
  bool is_word(std::string_view word) const { return kind == Kind::word && text == word; }
  bool is_command(std::string_view name) const { return kind == Kind::command && text == name; }
};

// By how much it changes how deep what follows stands in brackets, LaTeX's environments among them.
int depth_of(const Token& token);

// Ends with a token of kind `end`. Any bytes may come; an error names what belongs to no formula.
engine::base::Result<std::vector<Token>> tokens_of(std::string_view text, Notation notation);

}  // namespace lsp::features::solve
