// A machine that calculates in reverse Polish notation: "3 4 + 2 *" is 14.
#include <cassert>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

class Machine {
 public:
  // Does one word: a whole number, an operator (+ - * / %), "dup", which repeats the top, or
  // "swap", which exchanges the upper two. Throws std::runtime_error for other words, if the stack
  // holds too few values, and for division by 0.
  void word(const std::string& word) {
    if (word == "dup") {
      const long value = pop();
      stack_.insert(stack_.end(), {value, value});
    } else if (word == "swap") {
      const long right = pop();
      const long left = pop();
      stack_.insert(stack_.end(), {right, left});
    } else if (word.size() == 1 && std::string("+-*/%").find(word) != std::string::npos) {
      apply(word[0]);
    } else {
      push_number(word);
    }
  }

  // Does all words of a line and returns the top of the stack, which is then removed.
  long line(const std::string& text) {
    std::istringstream words(text);
    for (std::string next; words >> next;) word(next);
    return pop();
  }

  std::size_t depth() const { return stack_.size(); }

 private:
  void apply(char operation) {
    const long right = pop();
    const long left = pop();
    long result = 0;
    switch (operation) {
      case '+':
        result = left + right;
        break;
      case '-':
        result = left - right;
        break;
      case '*':
        result = left * right;
        break;
      case '/':
        if (right == 0) throw std::runtime_error("division by 0");
        result = left / right;
      case '%':
        if (right == 0) throw std::runtime_error("division by 0");
        result = left % right;
        break;
    }
    stack_.push_back(result);
  }

  void push_number(const std::string& word) {
    std::size_t used = 0;
    long value = 0;
    try {
      value = std::stol(word, &used);
    } catch (const std::exception&) {
    }
    if (used == 0 || used != word.size()) throw std::runtime_error("unknown word: " + word);
    stack_.push_back(value);
  }

  long pop() {
    if (stack_.empty()) throw std::runtime_error("the stack is empty");
    const long value = stack_.back();
    stack_.pop_back();
    return value;
  }

  std::vector<long> stack_;
};

int main() {
  Machine machine;
  assert(machine.line("3 4 + 2 *") == 14);
  assert(machine.line("10 4 -") == 6);
  assert(machine.line("7 dup *") == 49);
  assert(machine.line("1 9 swap -") == 8);
  assert(machine.line("17 5 %") == 2);
  assert(machine.line("17 5 /") == 3);
  assert(machine.depth() == 0);
  try {
    machine.line("1 +");
    assert(false);
  } catch (const std::runtime_error&) {
  }
}
