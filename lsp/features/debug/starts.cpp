#include "lsp/features/debug/starts.h"

#include <algorithm>

#include "engine/base/format.h"

#include "lsp/features/debug/grammar.h"

namespace lsp::features::debug {
namespace {

using engine::base::concat;
using syntax::Language;

// The name behind a keyword: of "def f(x):" and "def " it is "f".
std::string name_behind(std::string_view code, std::string_view keyword) {
  code.remove_prefix(keyword.size());
  return std::string(code.substr(0, code.find_first_of("(:[ \t")));
}

// The string that a call begins with, as the run has it: of "test('a b', () => {" it is "a b".
std::string string_in_call(std::string_view code) {
  code.remove_prefix(std::min(code.find('(') + 1, code.size()));
  if (code.empty() || std::string_view("'\"`").find(code[0]) == std::string_view::npos) return "";
  std::string value;
  for (size_t at = 1; at < code.size(); ++at) {
    if (code[at] == code[0]) return value;
    const bool escaped = code[at] == '\\' && at + 1 < code.size();
    if (escaped) ++at;
    value += escaped && code[at] == 'n' ? '\n' : escaped && code[at] == 't' ? '\t' : code[at];
  }
  return "";
}

class Finder {
 public:
  Finder(Language language, const std::string& module) : language_(language), module_(module) {}

  std::vector<Start> found(std::string_view text) {
    for (; !text.empty(); ++number_) {
      const size_t end = std::min(text.find('\n'), text.size());
      read(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    close(0);
    std::stable_sort(starts_.begin(), starts_.end(),
                     [](const Start& a, const Start& b) { return a.line < b.line; });
    return std::move(starts_);
  }

 private:
  struct Block {
    size_t indent;
    size_t line;
    std::string name;
    std::optional<Start> start = {};
  };

  void read(std::string_view line) {
    const size_t indent = line.find_first_not_of(" \t");
    const bool blank = indent == std::string_view::npos || line[indent] == '\r';
    const std::string_view code = blank ? "" : line.substr(indent);
    if (language_ == Language::python) {
      if (!blank && in_string_ == 0 && code[0] != ')' && code[0] != '#') close(indent);
      if (in_string_ == 0) open_python(code, indent);
      if (code.starts_with(">>> ")) add_examples();
      read_strings(code);
      if (in_string_ != 0 && open_.empty() && module_examples_) {
        starts_[*module_examples_].end = number_ + 1;
      }
    } else if (!blank) {
      // What ends a block belongs to it.
      const bool ends = code[0] == '}' || code[0] == ')';
      if (!ends && code[0] != '{') close(indent);
      open_braces(line, code, indent);
      if (ends) ++number_, close(indent), --number_;
    }
  }

  // Ends the blocks that a line with that indentation is not part of.
  void close(size_t indent) {
    while (!open_.empty() && open_.back().indent >= indent) {
      if (open_.back().start) {
        open_.back().start->begin = open_.back().line;
        open_.back().start->end = number_;
        starts_.push_back(std::move(*open_.back().start));
      }
      open_.pop_back();
    }
  }

  std::string path(const std::string& between, const std::string& last) const {
    std::string all;
    for (const Block& block : open_) all += block.name + between;
    return all + last;
  }

  void open(size_t indent, std::string name, std::optional<Start> start) {
    open_.push_back({indent, number_, std::move(name), std::move(start)});
  }

  void open_python(std::string_view code, size_t indent) {
    if (code.starts_with("if __name__") && indent == 0) {
      return open(indent, "", Start{Start::Kind::program, number_});
    }
    if (code.starts_with("async ")) code.remove_prefix(6);
    for (const std::string_view keyword : {"def ", "class "}) {
      if (!code.starts_with(keyword)) continue;
      const std::string name = name_behind(code, keyword);
      const bool test = keyword == "def " && name.starts_with("test");
      open(indent, name,
           test ? std::optional(Start{Start::Kind::test, number_, 0, 0, path(".", name)})
                : std::nullopt);
    }
  }

  // One docstring's examples are one test.
  void add_examples() {
    std::string name = concat("doctest ", module_);
    for (const Block& block : open_) name += "." + block.name;
    if (!open_.empty()) {
      if (!open_.back().start)
        open_.back().start = Start{Start::Kind::examples, number_, 0, 0, name};
    } else if (!module_examples_) {
      module_examples_ = starts_.size();
      starts_.push_back({Start::Kind::examples, number_, number_, number_ + 1, name});
    }
  }

  // Lines of a long string end no block, whatever their indentation.
  void read_strings(std::string_view code) {
    char within = 0;  // a string that ends in this line
    for (size_t at = 0; at < code.size(); ++at) {
      const char c = code[at];
      if (c == '\\') {
        ++at;
      } else if (within != 0) {
        if (c == within) within = 0;
      } else if (c == '#' && in_string_ == 0) {
        return;
      } else if ((c == '"' || c == '\'') && (in_string_ == 0 || in_string_ == c)) {
        if (code.substr(at, 3) == std::string(3, c)) {
          in_string_ = in_string_ == 0 ? c : 0;
          at += 2;
        } else if (in_string_ == 0) {
          within = c;
        }
      }
    }
  }

  void open_braces(std::string_view line, std::string_view code, size_t indent) {
    if (!is_script(language_)) {
      if (line.starts_with("int main(") || line.starts_with("auto main(")) {
        open(indent, "", Start{Start::Kind::program, number_});
      }
      return;
    }
    if (code.starts_with("describe(") || code.starts_with("suite(")) {
      open(indent, string_in_call(code), {});
    } else if (code.starts_with("test(") || code.starts_with("it(")) {
      const std::string name = string_in_call(code);
      open(indent, name, Start{Start::Kind::test, number_, 0, 0, path(" > ", name)});
    }
  }

  const Language language_;
  const std::string& module_;
  size_t number_ = 0;
  std::vector<Block> open_;  // around the line, the outermost first
  char in_string_ = 0;       // the quote of a long string that goes on over lines
  std::vector<Start> starts_;
  std::optional<size_t> module_examples_;  // of starts_
};

}  // namespace

std::vector<Start> starts_of(std::string_view text, Language language, const std::string& module) {
  return Finder(language, module).found(text);
}

std::optional<Start> start_at(const std::vector<Start>& starts, size_t line) {
  std::optional<Start> innermost;
  for (const Start& start : starts) {
    if (start.begin <= line && line < start.end) innermost = start;
  }
  return innermost;
}

std::string plain_name(const std::string& reported) {
  // Of pytest's alone: in a script's name two colons are two colons.
  const size_t file = reported.find("::");
  if (file == std::string::npos || !reported.substr(0, file).ends_with(".py")) return reported;
  std::string name = reported.substr(file + 2);
  // What a test's parameters hold stays as it is.
  for (size_t at = name.find("::"); at < name.find('['); at = name.find("::")) {
    name.replace(at, 2, ".");
  }
  return name;
}

bool is_of(const std::string& reported, const Start& start) {
  const std::string name = plain_name(reported);
  const bool parameters = name.starts_with(start.test + "[") && name.ends_with("]");
  return !start.test.empty() && (name == start.test || parameters);
}

}  // namespace lsp::features::debug
