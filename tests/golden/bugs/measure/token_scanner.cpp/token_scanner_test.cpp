#include "token_scanner.cpp"

#include <cassert>

std::string texts(const std::string& text) {
  std::string joined;
  for (const Token& token : Scanner(text).scan()) joined += token.text + "|";
  return joined;
}

void words_and_symbols() {
  assert(texts("if (a1<=b) { return a1 ; }") == "if|(|a1|<=|b|)|{|return|a1|;|}|");
}

void numbers() { assert(texts("12 3.50-4") == "12|3.50|-|4|"); }

void strings() { assert(texts("\"a\\n\\\"b\\\"\"") == "a\n\"b\"|"); }

void comment_at_the_end() { assert(texts("x // y") == "x|"); }

void line_numbers() {
  const auto tokens = Scanner("a\nb // c\n\nd").scan();
  assert(tokens.size() == 3 && tokens[2].text == "d" && tokens[2].line == 4);
}

int main() {
  words_and_symbols();
  numbers();
  strings();
  comment_at_the_end();
  line_numbers();
}
