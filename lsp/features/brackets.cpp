#include "lsp/features/brackets.h"

#include <algorithm>
#include <array>
#include <vector>

namespace lsp::features {
namespace {

using syntax::Language;

struct Bracket {
  char byte;
  size_t offset;
};

bool has_character_literals(std::optional<Language> language) {
  static constexpr std::array literals{Language::c, Language::cpp, Language::go, Language::java,
                                       Language::rust};
  return language && std::find(literals.begin(), literals.end(), *language) != literals.end();
}

// Reads code well enough to tell brackets from what is in strings and comments. A quote that its
// line does not close opens nothing: it is an apostrophe, or the cursor is inside the string. Nor
// does one behind a backslash, of which a string that is not closed yet may hold thousands.
class Reader {
 public:
  Reader(std::string_view code, std::optional<Language> language)
      : code_(code),
        comment_(language ? syntax::line_comment(*language) : ""),
        literals_(has_character_literals(language)) {}

  std::vector<Bracket> brackets() {
    std::vector<Bracket> found;
    while (at_ < code_.size()) {
      const char byte = code_[at_];
      if (starts_comment()) {
        at_ = std::min(code_.find('\n', at_), code_.size());
      } else if (code_.substr(at_).starts_with("/*")) {
        const size_t end = code_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? code_.size() : end + 2;
      } else if (byte == '"' || byte == '\'' || byte == '`') {
        skip_string(byte);
      } else {
        if (std::string_view("()[]{}").find(byte) != std::string_view::npos) {
          found.push_back({byte, at_});
        }
        at_ += escapes_quote() ? 2 : 1;
      }
    }
    return found;
  }

  // Of a part of one line.
  char open_quote() {
    while (at_ < code_.size()) {
      const char byte = code_[at_];
      if (starts_comment()) return '\0';
      if (byte != '"' && byte != '\'' && byte != '`') {
        at_ += escapes_quote() ? 2 : 1;
        continue;
      }
      const size_t begin = at_;
      skip_string(byte);
      const bool is_open = at_ == begin + 1;
      if (is_open && !(byte == '\'' && literals_)) return byte;
    }
    return '\0';
  }

 private:
  bool escapes_quote() const {
    return code_[at_] == '\\' && at_ + 1 < code_.size() &&
           std::string_view("\"'`").find(code_[at_ + 1]) != std::string_view::npos;
  }

  bool starts_comment() const {
    if (comment_.empty() || !code_.substr(at_).starts_with(comment_)) return false;
    // "#" begins a comment only after a blank, not in "a#b".
    return comment_ != "#" || at_ == 0 || code_[at_ - 1] == ' ' || code_[at_ - 1] == '\t' ||
           code_[at_ - 1] == '\n';
  }

  void skip_string(char quote) {
    const size_t begin = at_++;
    if (quote == '\'' && literals_) {
      const bool escaped = code_.substr(at_).starts_with("\\");
      const size_t end = code_.find('\'', at_ + (escaped ? 2 : 1));
      if (end != std::string_view::npos && end - begin <= (escaped ? 11U : 5U) &&
          (escaped || end - begin == 2 || static_cast<unsigned char>(code_[at_]) >= 0x80)) {
        at_ = end + 1;
      }
      return;
    }
    for (size_t i = at_; i < code_.size() && code_[i] != '\n'; ++i) {
      if (code_[i] == '\\') {
        ++i;
      } else if (code_[i] == quote) {
        at_ = i + 1;
        return;
      }
    }
  }

  std::string_view code_;
  std::string_view comment_;
  bool literals_;
  size_t at_ = 0;
};

char opener_of(char closer) { return closer == ')' ? '(' : closer == ']' ? '[' : '{'; }

bool opens(char byte) { return byte == '(' || byte == '[' || byte == '{'; }

// How many brackets of this kind `code` closes that it has not opened.
int unmatched(const std::vector<Bracket>& brackets, char closer) {
  int depth = 0;
  int least = 0;
  for (const Bracket& each : brackets) {
    if (each.byte == closer) least = std::min(least, --depth);
    if (each.byte == opener_of(closer)) ++depth;
  }
  return -least;
}

}  // namespace

size_t balanced_length(std::string_view before, std::string_view text,
                       std::string_view rest_of_line, std::optional<syntax::Language> language) {
  if (language == Language::bash || language == Language::markdown) {
    const bool doubled = !text.empty() && !rest_of_line.empty() &&
                         std::string_view(")]}").find(text.back()) != std::string_view::npos &&
                         text.back() == rest_of_line.front();
    return text.size() - (doubled ? 1 : 0);
  }
  const std::string whole = std::string(before) + std::string(text);
  const std::vector<Bracket> after = Reader(rest_of_line, language).brackets();
  const auto opened_before = [&](const Bracket& each) { return each.offset < before.size(); };
  std::vector<Bracket> open;
  for (const Bracket& each : Reader(whole, language).brackets()) {
    if (opens(each.byte)) {
      open.push_back(each);
      continue;
    }
    const char opener = opener_of(each.byte);
    if (each.offset < before.size()) {
      // What stands there already may be in disorder.
      const auto partner = std::find_if(open.rbegin(), open.rend(),
                                        [&](const Bracket& one) { return one.byte == opener; });
      if (partner != open.rend()) open.erase(partner.base() - 1, open.end());
      continue;
    }
    bool fits = !open.empty() && open.back().byte == opener;
    if (fits && opened_before(open.back())) {
      const auto of_this_kind = std::count_if(open.begin(), open.end(), [&](const Bracket& one) {
        return one.byte == opener && opened_before(one);
      });
      fits = of_this_kind > unmatched(after, each.byte);
    }
    if (!fits) return each.offset - before.size();
    open.pop_back();
  }
  return text.size();
}

char open_quote(std::string_view line, std::optional<syntax::Language> language) {
  return Reader(line, language).open_quote();
}

}  // namespace lsp::features
