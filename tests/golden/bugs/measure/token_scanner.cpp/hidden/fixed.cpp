// Splits the text of a small programming language into tokens.
//
//   words      letters, digits and _, not beginning with a digit; if, else, while and return are
//              keywords
//   numbers    digits, with at most one point that has digits on both sides
//   strings    between double quotes; \n, \" and \\ stand for a line break, a quote, a backslash
//   operators  == != <= >= && || and single characters of + - * / < > = ! ( ) { } ; ,
//
// Spaces and line breaks separate tokens; a comment goes from // to the end of its line.
#include <cctype>
#include <stdexcept>
#include <string>
#include <vector>

enum class Kind { word, keyword, number, string, symbol };

struct Token {
  Kind kind;
  std::string text;  // of a string: without quotes, its escapes replaced
  int line;          // from 1
};

class Scanner {
 public:
  explicit Scanner(const std::string& text) : text_(text) {}

  // All tokens; throws std::runtime_error "line N: what is wrong".
  std::vector<Token> scan() {
    std::vector<Token> tokens;
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (std::isspace(static_cast<unsigned char>(c))) {
        if (c == '\n') ++line_;
        ++position_;
        continue;
      }
      if (starts_with("//")) {
        while (position_ < text_.size() && text_[position_] != '\n') ++position_;
        continue;
      }
      tokens.push_back(next(c));
    }
    return tokens;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_word(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)); }

  bool starts_with(const std::string& start) const {
    return text_.compare(position_, start.size(), start) == 0;
  }

  char peek(std::size_t ahead) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw std::runtime_error("line " + std::to_string(line_) + ": " + message);
  }

  Token next(char c) {
    if (c == '"') return string();
    if (is_digit(c)) return number();
    if (is_word(c)) return word();
    for (const char* symbol : {"==", "!=", "<=", ">=", "&&", "||"}) {
      if (starts_with(symbol)) return take(Kind::symbol, 2);
    }
    if (std::string("+-*/<>=!(){};,").find(c) == std::string::npos) fail("unexpected character");
    return take(Kind::symbol, 1);
  }

  Token take(Kind kind, std::size_t length) {
    position_ += length;
    return {kind, text_.substr(position_ - length, length), line_};
  }

  Token word() {
    std::size_t length = 1;
    while (is_word(peek(length))) ++length;
    Token token = take(Kind::word, length);
    for (const char* keyword : {"if", "else", "while", "return"}) {
      if (token.text == keyword) token.kind = Kind::keyword;
    }
    return token;
  }

  Token number() {
    std::size_t length = 1;
    while (is_digit(peek(length))) ++length;
    if (peek(length) == '.' && is_digit(peek(length + 1))) {
      ++length;
      while (is_digit(peek(length))) ++length;
    }
    if (is_word(peek(length)) || peek(length) == '.') fail("malformed number");
    return take(Kind::number, length);
  }

  Token string() {
    Token token{Kind::string, "", line_};
    for (++position_; peek(0) != '"'; ++position_) {
      if (peek(0) == '\0' || peek(0) == '\n') fail("the string is not closed");
      if (peek(0) != '\\') {
        token.text += peek(0);
        continue;
      }
      ++position_;
      if (peek(0) != 'n' && peek(0) != '"' && peek(0) != '\\') fail("unknown escape");
      token.text += peek(0) == 'n' ? '\n' : peek(0);
    }
    ++position_;
    return token;
  }

  const std::string text_;
  std::size_t position_ = 0;
  int line_ = 1;
};
