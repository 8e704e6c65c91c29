// A formula as a tree: what lies between the notations people write and the computer algebra.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace lsp::features::solve {

// Heads are SymPy's names in small letters where it has one ("sin", "integrate", "gcd"), else ours:
// "add", "mul", "div", "neg", "pow", "eq", "lt", "list", "tuple", "at", "convert" and the like;
// program/tree.py says what each becomes.
struct Expression {
  enum class Kind { number, symbol, unit, call };
  Kind kind = Kind::call;
  std::string text;  // the digits, the name, or the head
  std::vector<Expression> arguments;

  bool is_symbol() const { return kind == Kind::symbol; }
  bool is_call(const char* head) const { return kind == Kind::call && text == head; }
};

Expression number(std::string digits);
Expression symbol(std::string name);
Expression call(std::string head, std::vector<Expression> arguments = {});

bool mentions(const Expression& tree, const std::string& name);
// All names, in the order of their first appearance.
std::vector<std::string> names_in(const Expression& tree);

// x**2*sin(x): what people are shown.
std::string to_text(const Expression& tree);
// ["add",["number","1"],["symbol","x"]]
std::string to_json(const Expression& tree);

}  // namespace lsp::features::solve
