// Brackets that nobody closed, or nobody opened, where indentation tells what they were to hold: a
// block ends before the first line that is indented no further than the line it began in. The text
// is read without its tree, which is of little use behind such a place.
#include <algorithm>
#include <cctype>
#include <utility>

#include "engine/base/format.h"
#include "lsp/features/debug/edits.h"

namespace lsp::features::debug {
namespace {

using engine::base::concat;

constexpr double as_indented = 3.5;  // before what the grammar alone would have there
constexpr size_t most_open = 3;      // more are another kind of text

struct Open {
  char sign;
  size_t line;            // its number
  size_t indentation;     // of its line
  bool ends_line;         // nothing stands behind it there
  std::string_view text;  // of its line, without indentation
};

char closing(char sign) { return sign == '{' ? '}' : sign == '(' ? ')' : ']'; }

bool begins_with(std::string_view line, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return line.starts_with(word); });
}

class Reader {
 public:
  Reader(std::string_view text, const Grammar& grammar)
      : text_(text),
        python_(grammar.language == syntax::Language::python),
        script_(is_script(grammar.language)) {}

  struct Found {
    std::vector<Part> missing;  // what to insert, in the order of the text
    std::vector<Part> strays;   // each of them to be taken out alone
  };
  Found run() {
    for (size_t begin = 0; begin < text_.size() && open_.size() < 64; ++line_) {
      const size_t end = std::min(text_.find('\n', begin), text_.size());
      if (begin >= inside_until_) line(begin, end);
      for (at_ = std::max(begin, inside_until_); at_ < end;) token(end);
      head_without_end(end);
      begin = end + 1;
    }
    while (!open_.empty()) close_last();
    return {std::move(parts_), std::move(strays_)};
  }

 private:
  // Before a line is read: what should have ended above it.
  void line(size_t begin, size_t end) {
    const size_t first = text_.find_first_not_of(" \t", begin);
    if (first >= end) return;
    line_text_ = text_.substr(first, end - first);
    indentation_ = first - begin;
    const char sign = line_text_[0];
    const bool is_comment = begins_with(line_text_, {"//", "/*", "*"}) || (python_ && sign == '#');
    const size_t before = std::exchange(last_, is_comment ? last_ : end);
    const bool closes = sign == '}' || sign == ')' || sign == ']';
    if (is_comment ||
        begins_with(line_text_, {"case ", "default:", "public:", "private:", "protected:", "#"})) {
      return;
    }
    while (!open_.empty()) {
      const Open& top = open_.back();
      const bool ended = closes ? indentation_ < top.indentation : indentation_ <= top.indentation;
      const bool by_itself = sign == '{' || begins_with(top.text, {"namespace", "extern"});
      if (!ended || by_itself) return;
      close_last(before);
    }
  }

  // `while (n > 0 {`
  void head_without_end(size_t end) {
    const size_t last = text_.find_last_not_of(" \t\r", end == 0 ? 0 : end - 1);
    if (open_.empty() || last == text_.npos || text_[last] != (python_ ? ':' : '{')) return;
    const size_t size = open_.size() - (python_ ? 0 : 1);
    if (size == 0 || open_[size - 1].sign != '(' || open_[size - 1].line != line_) return;
    if (!begins_with(line_text_, {"if ", "elif ", "while ", "for ", "switch ", "function ", "def ",
                                  "class ", "} else if "})) {
      return;
    }
    size_t at = last;
    while (!python_ && text_[at - 1] == ' ') --at;
    parts_.push_back({{at, at}, ")"});
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(size) - 1);
  }

  void close_last() { close_last(last_); }
  // All that the line of the last one has opened, behind what ends at `end`.
  void close_last(size_t end) {
    const Open top = open_.back();
    std::string closers;
    for (; !open_.empty() && open_.back().line == top.line; open_.pop_back()) {
      closers += closing(open_.back().sign);
    }
    const bool declares = begins_with(top.text, {"struct ", "class ", "enum ", "union "});
    const bool valued = top.text.find(" = ") != top.text.npos || closers.find(')') == 1;
    const bool ends = !python_ && (valued || (declares && !script_));
    if (ends) closers += ';';
    if (top.ends_line) {
      const std::string indentation(top.indentation, ' ');
      const bool more = end < text_.size();
      parts_.push_back({{end + (more ? 1 : 0), end + (more ? 1 : 0)},
                        concat(more ? "" : "\n", indentation, closers, "\n")});
      return;
    }
    // Behind what stands there last, and before what ends that.
    while (end > 0 && (text_[end - 1] == ' ' || text_[end - 1] == '\r')) --end;
    if (end > 0 && std::string_view(";:,{").find(text_[end - 1]) != std::string_view::npos) --end;
    while (end > 0 && text_[end - 1] == ' ') --end;
    if (closers.ends_with(';') && text_.substr(end).starts_with(';')) closers.pop_back();
    parts_.push_back({{end, end}, closers});
  }

  void token(size_t end) {
    const char sign = text_[at_];
    if (is_comment()) {
      at_ = end;
      return;
    }
    if (text_.compare(at_, 2, "/*") == 0) return skip_past("*/", at_ + 2);
    if (sign == '"' || sign == '\'' || sign == '`') return skip_string(sign, end);
    if (sign == '(' || sign == '[' || sign == '{') {
      const size_t next = text_.find_first_not_of(" \t\r", at_ + 1);
      open_.push_back({sign, line_, indentation_, next >= end, line_text_});
    } else if (sign == ')' || sign == ']' || sign == '}') {
      closed(sign);
    }
    ++at_;
  }

  // What was opened within, and not closed, was to end before it.
  void closed(char sign) {
    const auto own = std::find_if(open_.rbegin(), open_.rend(),
                                  [&](const Open& each) { return closing(each.sign) == sign; });
    // Nothing that it could close, or nothing in its own line.
    const bool stray = own == open_.rend() || (own != open_.rbegin() && own->line != line_);
    if (stray) strays_.push_back({{at_, at_ + 1}, ""});
    if (own == open_.rend()) return;
    for (; closing(open_.back().sign) != sign; open_.pop_back()) {
      parts_.push_back({{at_, at_}, std::string(1, closing(open_.back().sign))});
    }
    open_.pop_back();
  }

  bool is_comment() const { return python_ ? text_[at_] == '#' : text_.compare(at_, 2, "//") == 0; }

  void skip_past(std::string_view ending, size_t from) {
    const size_t at = text_.find(ending, from);
    at_ = at == text_.npos ? text_.size() : at + ending.size();
    inside_until_ = at_;
  }

  void skip_string(char quote, size_t end) {
    const std::string three(3, quote);
    if (python_ && text_.compare(at_, 3, three) == 0) return skip_past(three, at_ + 3);
    // A digit's separator in C++ is none.
    const bool separator =
        quote == '\'' && at_ > 0 && std::isdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0;
    if (separator) {
      ++at_;
      return;
    }
    const size_t limit = quote == '`' ? text_.size() : end;
    for (++at_; at_ < limit && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
    inside_until_ = at_;
  }

  const std::string_view text_;
  const bool python_, script_;
  std::vector<Part> parts_, strays_;
  std::vector<Open> open_;
  std::string_view line_text_;
  size_t line_ = 0, indentation_ = 0;
  size_t at_ = 0;            // what is read
  size_t inside_until_ = 0;  // a string or a comment goes on over lines
  size_t last_ = 0;          // the end of the last line that holds something
};

}  // namespace

void add_bracket_edits(Edits& edits) {
  const auto& all = edits.nodes.all();
  const bool broken =
      std::any_of(all.begin(), all.end(), [](const auto& node) { return node.broken; });
  if (!broken) return;
  Reader reader(edits.nodes.text(), edits.grammar);
  const auto [parts, strays] = reader.run();
  for (size_t i = 0; i < std::min(strays.size(), most_open); ++i) {
    edits.add({strays[i].range, "", superfluous_token, as_indented});
  }
  if (parts.size() > most_open) return;
  for (const Part& part : parts) edits.add({part.range, part.text, "missing token", as_indented});
  if (parts.size() > 1) edits.add_parts(parts, "missing token", as_indented);
}

}  // namespace lsp::features::debug
