// Evaluates expressions in postfix notation. As a program it prints an example.
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

// Value of tokens separated by spaces, such as "3 4 + 2 *": whole numbers and + - *. Throws
// std::invalid_argument if operands are missing or left over.
long evaluate(const std::string& text) {
  std::istringstream tokens(text);
  std::vector<long> stack;
  for (std::string token; tokens >> token;) {
    if (token != "+" && token != "-" && token != "*") {
      stack.push_back(std::stol(tokens));
      continue;
    }
    if (stack.size() < 2) throw std::invalid_argument("an operand is missing");
    const long right = stack.back();
    stack.pop_back();
    long& left = stack.back();
    if (token == "+") left += right;
    if (token == "-") left -= right;
    if (token == "*") left *= right;
  }
  if (stack.size() != 1) throw std::invalid_argument("not one value is left");
  return stack.back();
}

int main() { std::cout << evaluate("3 4 + 2 *") << '\n'; }
