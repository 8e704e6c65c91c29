#include "lsp/features/jinja/lexer.h"

#include <algorithm>
#include <cctype>

#include "engine/base/format.h"

namespace lsp::features::jinja {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::in_quotes;
using TokenKind = Token::Kind;

constexpr std::string_view blanks = " \t\n\r\f\v";
// The longest come first.
constexpr std::string_view signs[] = {"**", "//", "==", "!=", "<=", ">=", "+", "-", "*",
                                      "/",  "%",  "~",  "<",  ">",  "=",  "(", ")", "[",
                                      "]",  "{",  "}",  ",",  ":",  ".",  "|"};

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  engine::base::Result<std::vector<Token>> read() {
    while (at_ < source_.size() && why_.empty()) {
      const size_t tag = next_tag();
      const char kind = tag < source_.size() ? source_[tag + 1] : ' ';
      read_text(tag, kind);
      if (tag == source_.size()) break;
      at_ = tag + 2;
      if (at_ < source_.size() && (source_[at_] == '-' || source_[at_] == '+')) ++at_;
      kind == '#' ? skip_comment(tag) : read_tag(tag, kind);
    }
    if (!why_.empty()) return problem_at(source_, at_, why_);
    add(TokenKind::end, "", source_.size());
    return std::move(tokens_);
  }

 private:
  void add(TokenKind kind, std::string text, size_t offset) {
    tokens_.push_back({kind, std::move(text), offset});
  }

  size_t next_tag() const {
    for (size_t i = at_; i + 1 < source_.size(); ++i) {
      const char next = source_[i + 1];
      if (source_[i] == '{' && (next == '{' || next == '%' || next == '#')) return i;
    }
    return source_.size();
  }

  // The template's own text up to a tag, which may take blanks from its end.
  void read_text(size_t tag, char kind) {
    std::string_view text = source_.substr(at_, tag - at_);
    const char mark = tag + 2 < source_.size() ? source_[tag + 2] : ' ';
    if (tag < source_.size() && mark == '-') {
      text = text.substr(0, text.find_last_not_of(blanks) + 1);
    } else if (tag < source_.size() && mark != '+' && kind != '{') {
      const size_t line = text.rfind('\n') + 1;  // 0 without one
      const bool begins_line = line > 0 || begins_line_;
      if (begins_line && text.find_first_not_of(" \t\r\f\v", line) == text.npos) {
        text = text.substr(0, line);
      }
    }
    if (!text.empty()) add(TokenKind::text, std::string(text), at_);
  }

  // Behind a tag that ends before `at_`: -%} takes all blanks, a block or a comment a line end.
  void cut_behind(bool dash, bool takes_line_end) {
    const size_t end = at_;
    if (dash) at_ = std::min(source_.find_first_not_of(blanks, at_), source_.size());
    if (!dash && takes_line_end && at_ < source_.size() && source_[at_] == '\n') ++at_;
    begins_line_ = at_ > end && source_[at_ - 1] == '\n';
  }

  void skip_comment(size_t tag) {
    const size_t close = source_.find("#}", at_);
    if (close == source_.npos) return stop(tag, "a comment that does not end");
    at_ = close + 2;
    cut_behind(source_[close - 1] == '-', source_[close - 1] != '+');
  }

  void read_tag(size_t tag, char kind) {
    add(kind == '{' ? TokenKind::output : TokenKind::block, "", tag);
    const char first = kind == '{' ? '}' : '%';
    for (int depth = 0; why_.empty();) {
      at_ = std::min(source_.find_first_not_of(blanks, at_), source_.size());
      if (at_ == source_.size()) return stop(tag, "a tag that does not end");
      const size_t mark = source_[at_] == '-' || source_[at_] == '+' ? 1 : 0;
      if (depth == 0 && source_.substr(at_ + mark).starts_with(std::string{first, '}'})) {
        add(TokenKind::close, "", at_);
        const char sign = mark == 1 ? source_[at_] : ' ';
        at_ += mark + 2;
        return cut_behind(sign == '-', kind == '%' && sign != '+');
      }
      read_token(depth);
    }
  }

  void read_token(int& depth) {
    const char first = source_[at_];
    const size_t start = at_;
    if (is_letter(first)) {
      while (at_ < source_.size() && (is_letter(source_[at_]) || is_digit(source_[at_]))) ++at_;
      return add(TokenKind::name, std::string(source_.substr(start, at_ - start)), start);
    }
    if (is_digit(first)) return read_number();
    if (first == '\'' || first == '"') return read_string(first);
    const auto* const sign =
        std::find_if(std::begin(signs), std::end(signs),
                     [&](std::string_view each) { return source_.substr(at_).starts_with(each); });
    if (sign == std::end(signs)) {
      return stop(at_, concat("the character ", in_quotes(source_.substr(at_, 1)),
                              " in a tag, which lemma does not know"));
    }
    if (*sign == "(" || *sign == "[" || *sign == "{") ++depth;
    if (*sign == ")" || *sign == "]" || *sign == "}") --depth;
    if (depth < 0) return stop(at_, concat("a ", in_quotes(*sign), " that closes nothing"));
    at_ += sign->size();
    add(TokenKind::sign, std::string(*sign), start);
  }

  void read_number() {
    const size_t start = at_;
    const auto skip_digits = [&] {
      while (at_ < source_.size() && is_digit(source_[at_])) ++at_;
    };
    skip_digits();
    const bool has_fraction =
        at_ + 1 < source_.size() && source_[at_] == '.' && is_digit(source_[at_ + 1]);
    if (has_fraction) {
      ++at_;
      skip_digits();
    }
    if (at_ - start > 18) return stop(start, "a number of too many digits");
    add(has_fraction ? TokenKind::number : TokenKind::integer,
        std::string(source_.substr(start, at_ - start)), start);
  }

  void read_string(char quote) {
    const size_t start = at_++;
    std::string text;
    for (; at_ < source_.size() && source_[at_] != quote; ++at_) {
      if (source_[at_] != '\\' || at_ + 1 >= source_.size()) {
        text += source_[at_];
        continue;
      }
      constexpr std::string_view escaped = "ntrfvb\\'\"", meant = "\n\t\r\f\v\b\\'\"";
      const char next = source_[++at_];
      const size_t known = escaped.find(next);
      if (next == 'u' || next == 'x' || next == 'U' || next == 'N' || is_digit(next)) {
        return stop(at_ - 1, "an escape of a character's number, which lemma does not read");
      }
      if (next == '\n') continue;
      text += known == escaped.npos ? std::string{'\\', next} : std::string{meant[known]};
    }
    if (at_ == source_.size()) return stop(start, "a string that does not end");
    ++at_;
    add(TokenKind::string, std::move(text), start);
  }

  void stop(size_t offset, std::string why) {
    at_ = offset;
    why_ = std::move(why);
  }

  const std::string_view source_;
  size_t at_ = 0;
  bool begins_line_ = true;  // whether what comes next is at the beginning of a line
  std::vector<Token> tokens_;
  std::string why_;
};

}  // namespace

engine::base::Error problem_at(std::string_view source, size_t offset, const std::string& why) {
  const std::string_view before = source.substr(0, offset);
  return fail("line ", std::count(before.begin(), before.end(), '\n') + 1,
              " of the chat template: ", why);
}

engine::base::Result<std::vector<Token>> tokens_of(std::string_view source) {
  return Lexer(source).read();
}

}  // namespace lsp::features::jinja
