#include "sandbox/languages/doctests.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "engine/base/format.h"

namespace sandbox::languages {
namespace {

using engine::base::concat;

constexpr std::string_view prompt = ">>>";
constexpr std::string_view continuation = "...";

// As in a string that is not raw; a single line of one.
std::string unescape(std::string_view line) {
  std::string plain;
  for (size_t i = 0; i < line.size(); ++i) {
    static constexpr std::string_view letters = "ntr\\'\"", meanings = "\n\t\r\\'\"";
    const size_t known =
        line[i] == '\\' && i + 1 < line.size() ? letters.find(line[i + 1]) : letters.npos;
    if (known == letters.npos) {
      plain += line[i];
    } else {
      plain += meanings[known];
      ++i;
    }
  }
  return plain;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

// Whether the line begins with these three characters, and then a space or its end.
bool begins(std::string_view line, std::string_view with) {
  const size_t at = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(at);
  return line.starts_with(with) && (line.size() == 3 || line[3] == ' ');
}

std::string_view without_indent(std::string_view line, size_t indent) {
  const size_t spaces = std::min(line.find_first_not_of(' '), line.size());
  return line.substr(std::min(indent, spaces));
}

std::vector<std::string> options_of(const std::string& source) {
  constexpr std::string_view mark = "# doctest:";
  std::vector<std::string> options;
  const size_t at = source.find(mark);
  if (at == std::string::npos) return options;
  std::string words = source.substr(at + mark.size());
  std::replace(words.begin(), words.end(), ',', ' ');
  std::istringstream list(words);
  for (std::string word; list >> word;) options.push_back(word);
  return options;
}

// Finds docstrings as Python does: a string that is the first statement of a file, class or
// function. Everything else is skipped, statement by statement.
class Scanner {
 public:
  Scanner(std::string_view text, const std::string& module) : text_(text), module_(module) {}

  Doctests scan() {
    bool documents = true;
    while (at_ < text_.size()) {
      const size_t begin = at_;
      while (here() == ' ' || here() == '\t') ++at_;
      const size_t indent = at_ - begin;
      if (here() == '\n' || here() == '\r' || here() == '#') {
        at_ = end_of_line(at_) + 1;
        continue;
      }
      while (!open_.empty() && indent <= open_.back().first) open_.pop_back();
      if (documents) read_docstring();
      const std::string name = definition();
      skip_statement();
      documents = !name.empty();
      if (documents) open_.emplace_back(indent, name);
    }
    found_.text += text_.substr(copied_);
    return std::move(found_);
  }

 private:
  char here(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool triple() const {
    return (here() == '"' || here() == '\'') && here(1) == here() && here(2) == here();
  }
  size_t end_of_line(size_t from) const { return std::min(text_.find('\n', from), text_.size()); }

  // The name that begins at this statement, if it is a definition.
  std::string definition() const {
    std::string_view rest = text_.substr(at_);
    if (rest.starts_with("async ")) rest.remove_prefix(6);
    if (!rest.starts_with("def ") && !rest.starts_with("class ")) return "";
    rest.remove_prefix(rest.find(' ') + 1);
    return std::string(rest.substr(0, rest.find_first_of("(:[ \n")));
  }

  // From its opening quote to behind its closing one. Returns where its content ends.
  size_t skip_string() {
    const bool three = triple();
    const std::string_view quotes = text_.substr(at_, three ? 3 : 1);
    at_ += quotes.size();
    for (; at_ < text_.size(); ++at_) {
      if (text_.substr(at_).starts_with(quotes)) {
        at_ += quotes.size();
        return at_ - quotes.size();
      }
      if (here() == '\\') {
        ++at_;
      } else if (!three && here() == '\n') {
        break;
      }
    }
    at_ = std::min(at_, text_.size());
    return at_;
  }

  void skip_statement() {
    for (int depth = 0; at_ < text_.size();) {
      const char c = here();
      if (c == '"' || c == '\'') {
        skip_string();
        continue;
      }
      if (c == '(' || c == '[' || c == '{') ++depth;
      if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
      if (c == '#') {
        at_ = end_of_line(at_);
        continue;
      }
      at_ += c == '\\' ? 2 : 1;
      if (c == '\n' && depth == 0) break;
    }
    at_ = std::min(at_, text_.size());
  }

  void read_docstring() {
    const size_t begin = at_;
    while (std::string_view("rRuU").find(here()) != std::string_view::npos && here() != '\0') ++at_;
    const bool raw = text_.substr(begin, at_ - begin).find_first_of("rR") != std::string_view::npos;
    if (!triple()) {
      at_ = begin;
      return;
    }
    const size_t content = at_ + 3;
    read_examples(content, skip_string(), raw);
  }

  void read_examples(size_t begin, size_t end, bool raw) {
    Doctest test{concat("doctest ", module_), {}};
    for (const auto& [indent, name] : open_) test.name += "." + name;
    struct Line {
      size_t begin, end;  // of text_
      std::string text;
    };
    std::vector<Line> lines;
    for (size_t at = begin; at <= end; at = lines.back().end + 1) {
      const size_t stop = std::min(end_of_line(at), end);
      const std::string_view line = text_.substr(at, stop - at);
      lines.push_back({at, stop, raw ? std::string(line) : unescape(line)});
      if (lines.back().text.ends_with('\r')) lines.back().text.pop_back();
    }
    for (size_t i = 0; i < lines.size();) {
      if (!begins(lines[i].text, prompt)) {
        ++i;
        continue;
      }
      const size_t indent = lines[i].text.find('>');
      Doctest::Example example{.line = line_of(lines[i].begin)};
      const size_t first = i;
      for (; i < lines.size() && (i == first || begins(lines[i].text, continuation)); ++i) {
        example.source += without_indent(lines[i].text, indent).substr(3);
        example.source += '\n';
      }
      drop_prompt_spaces(example.source);
      for (; i < lines.size() && !is_blank(lines[i].text) && !begins(lines[i].text, prompt); ++i) {
        example.expected += without_indent(lines[i].text, indent);
        example.expected += '\n';
        leave_out(lines[i].begin, lines[i].end);
      }
      example.options = options_of(example.source);
      test.examples.push_back(std::move(example));
    }
    if (!test.examples.empty()) found_.tests.push_back(std::move(test));
  }

  // The one behind each prompt.
  static void drop_prompt_spaces(std::string& source) {
    std::istringstream lines(source);
    source.clear();
    for (std::string line; std::getline(lines, line);) {
      source += (line.starts_with(' ') ? line.substr(1) : line) + "\n";
    }
  }

  void leave_out(size_t begin, size_t end) {
    found_.text += text_.substr(copied_, begin - copied_);
    copied_ = end;
  }

  int line_of(size_t offset) {
    line_ +=
        static_cast<int>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                    text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    counted_ = offset;
    return line_;
  }

  const std::string_view text_;
  const std::string& module_;
  size_t at_ = 0;
  size_t copied_ = 0;   // what lies before is in found_.text, or left out of it
  size_t counted_ = 0;  // line_ is the line of this offset
  int line_ = 1;
  std::vector<std::pair<size_t, std::string>> open_;  // indentation and name, the outermost first
  Doctests found_;
};

bool has(const Doctest::Example& example, const char* option) {
  return std::find(example.options.begin(), example.options.end(), option) != example.options.end();
}

std::string squeezed(const std::string& text) {
  std::istringstream words(text);
  std::string plain;
  for (std::string word; words >> word;) plain += word + " ";
  return plain;
}

// "..." in `expected` stands for anything.
bool matches_with_gaps(std::string_view expected, std::string_view output) {
  size_t gap = expected.find(continuation);
  if (gap == std::string_view::npos) return expected == output;
  if (!output.starts_with(expected.substr(0, gap))) return false;
  output.remove_prefix(gap);
  for (;;) {
    expected.remove_prefix(gap + 3);
    gap = expected.find(continuation);
    if (gap == std::string_view::npos) return output.ends_with(expected);
    const size_t found = output.find(expected.substr(0, gap));
    if (found == std::string_view::npos) return false;
    output.remove_prefix(found + gap);
  }
}

// An empty line ends what is expected, so that one which is meant has a name.
std::string with_blank_lines(const std::string& expected) {
  std::istringstream lines(expected);
  std::string plain;
  for (std::string line; std::getline(lines, line);) {
    plain += (line.starts_with("<BLANKLINE>") ? "" : line) + "\n";
  }
  return plain;
}

std::string without_blanks(const std::string& output) {
  std::istringstream lines(output);
  std::string plain;
  for (std::string line; std::getline(lines, line);) plain += (is_blank(line) ? "" : line) + "\n";
  return plain;
}

bool matches_text(const Doctest::Example& example, const std::string& expected,
                  const std::string& output) {
  if (expected == output) return true;
  if ((expected == "1\n" && output == "True\n") || (expected == "0\n" && output == "False\n")) {
    return true;
  }
  std::string wanted = with_blank_lines(expected), got = without_blanks(output);
  if (has(example, "+NORMALIZE_WHITESPACE")) {
    wanted = squeezed(wanted);
    got = squeezed(got);
  }
  return wanted == got || (has(example, "+ELLIPSIS") && matches_with_gaps(wanted, got));
}

// Of "package.Error: message" the last part of the name.
std::string type_of(const std::string& exception) {
  const std::string name = exception.substr(0, exception.find_first_of(":\n"));
  return name.substr(name.rfind('.') + 1);  // npos + 1 is 0
}

// The lines of what is expected that name an exception, or nothing where none is expected.
std::string expected_exception(const std::string& expected) {
  if (!expected.starts_with("Traceback (")) return "";
  for (size_t line = expected.find('\n'); line + 1 < expected.size();
       line = expected.find('\n', line + 1)) {
    const char first = expected[line + 1];
    if (first != ' ' && first != '\t' && first != '\n') return expected.substr(line + 1);
  }
  return "";
}

const Output* find_output(const Findings& findings, const std::string& test, int line) {
  const auto found =
      std::find_if(findings.outputs.begin(), findings.outputs.end(),
                   [&](const Output& each) { return each.test == test && each.line == line; });
  return found == findings.outputs.end() ? nullptr : &*found;
}

}  // namespace

Doctests find_doctests(std::string_view text, const std::string& module) {
  return Scanner(text, module).scan();
}

bool matches(const Doctest::Example& example, const std::string& output,
             const std::string& exception) {
  const std::string wanted = expected_exception(example.expected);
  if (exception.empty() || wanted.empty()) {
    return exception.empty() && wanted.empty() && matches_text(example, example.expected, output);
  }
  if (has(example, "+IGNORE_EXCEPTION_DETAIL")) return type_of(wanted) == type_of(exception);
  return matches_text(example, wanted, exception);
}

std::string judge(const std::vector<Doctest>& tests, const std::string& file, Findings& findings) {
  std::string told;
  std::set<size_t> expected_failures;
  for (const Doctest& test : tests) {
    Test result{test.name, "skipped", ""};
    for (const Doctest::Example& example : test.examples) {
      if (has(example, "+SKIP") || result.outcome == "failed") continue;
      const Output* output = find_output(findings, test.name, example.line);
      if (output != nullptr && matches(example, output->text, output->exception)) {
        result.outcome = "passed";
        if (!output->exception.empty()) expected_failures.insert(output->failure);
        continue;
      }
      result.outcome = "failed";
      result.message = output == nullptr ? "it did not run"
                                         : concat("expected ", example.expected, "and got ",
                                                  output->text, output->exception);
      told += concat("--- ", test.name, "\n", file, ":", example.line, ": ", result.message, "\n");
      if (output != nullptr && output->exception.empty()) {
        findings.failures.push_back(
            {"doctest", result.message, {{file, example.line, test.name, {}}}});
      }
    }
    findings.planned.push_back(test.name);
    findings.tests.push_back(std::move(result));
  }
  std::vector<Failure> unexpected;
  for (size_t i = 0; i < findings.failures.size(); ++i) {
    if (!expected_failures.contains(i)) unexpected.push_back(std::move(findings.failures[i]));
  }
  findings.failures = std::move(unexpected);
  return told;
}

}  // namespace sandbox::languages
