#include "lsp/features/solve/formula.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "lsp/features/solve/names.h"
#include "lsp/features/solve/read.h"

namespace lsp::features::solve {
namespace {

constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

// The longest first.
constexpr std::array<std::string_view, 13> openers{"<!--", "///", "//!", "--[[", "//", "/*", "##",
                                                   "--",   "#",   ";;",  ";",    "%",  "*"};

// A list's item or a quotation of Markdown.
std::string_view without_bullet(std::string_view text) {
  for (const std::string_view bullet : {"- ", "* ", "+ ", "> "}) {
    if (text.starts_with(bullet)) return trimmed(text.substr(bullet.size()));
  }
  return text;
}

// $…$, the last of the text.
std::string_view within_dollars(std::string_view text) {
  const std::string_view mark = text.ends_with("$$") ? "$$" : "$";
  if (!text.ends_with(mark) || text.size() < 2 * mark.size() + 1) return text;
  text.remove_suffix(mark.size());
  const size_t open = text.rfind(mark);
  return open == std::string_view::npos ? text : trimmed(text.substr(open + mark.size()));
}

// Something to work out, and no relation that would be solved without being asked for.
bool is_worth(const Expression& task) {
  if (task.kind != Expression::Kind::call || task.is_call("tuple") || task.is_call("list")) {
    return false;
  }
  const Expression* inside = &task;
  while (inside->is_call("neg")) inside = inside->arguments.data();
  if (inside->is_symbol()) return false;  // --flag
  const auto is_symbol = [](const Expression& each) { return each.is_symbol(); };
  if (task.is_call("mul") && std::all_of(task.arguments.begin(), task.arguments.end(), is_symbol)) {
    return false;  // f(x)
  }
  return !task.is_call("solve") || task.arguments[0].is_call("list");
}

// Signs alone between names as programs have them: of total / count there is nothing to work out.
bool is_code(const Expression& tree) {
  static constexpr std::array signs{"add", "sub", "mul", "div", "neg", "pow"};
  const auto by_signs = [](const Expression& each, const auto& self) -> bool {
    if (each.kind != Expression::Kind::call) return true;
    return std::any_of(signs.begin(), signs.end(),
                       [&](const char* head) { return each.is_call(head); }) &&
           std::all_of(each.arguments.begin(), each.arguments.end(),
                       [&](const Expression& argument) { return self(argument, self); });
  };
  const auto names = names_in(tree);
  return by_signs(tree, by_signs) &&
         std::any_of(names.begin(), names.end(), [](const std::string& name) {
           return name.size() > 2 && !is_greek(name) && name.find_first_of("_0123456789") != 1;
         });
}

// O(n^2) and f(x) + 1: a function that is not said
bool calls_unknown(std::string_view formula, const Reading& reading) {
  const bool noted = std::any_of(reading.notes.begin(), reading.notes.end(), [](const auto& note) {
    return note.find_first_of("fgh") == 0 && note.ends_with("(…) was read as a product");
  });
  for (size_t i = 0; i + 1 < formula.size(); ++i) {
    const bool upper = formula[i] >= 'A' && formula[i] <= 'Z' && formula[i + 1] == '(';
    const bool first = i == 0 || std::isalpha(static_cast<unsigned char>(formula[i - 1])) == 0;
    if (upper && first && names_in(reading.task).size() > 1) return true;
  }
  return noted;
}

bool has_verb(std::string_view text) { return text.starts_with("solve"); }

}  // namespace

Prose ProseOfLines::at(size_t line_begin) {
  if (prose_ != Prose::docstring) return prose_;
  size_t& i = read_;
  for (; i < std::min(line_begin, text_.size()); ++i) {
    const std::string_view rest = text_.substr(i);
    if (rest[0] == '\\') {
      ++i;
    } else if (!quotes_.empty()) {
      if (!rest.starts_with(quotes_)) continue;
      i += quotes_.size() - 1;
      quotes_ = {};
    } else if (rest.starts_with("\"\"\"") || rest.starts_with("'''")) {
      quotes_ = rest.substr(0, 3);
      i += 2;
    } else if (rest[0] == '#' || rest[0] == '"' || rest[0] == '\'') {
      // To the end of the comment, or of the string, which ends with its line at the latest.
      const char end = rest[0] == '#' ? '\n' : rest[0];
      for (++i; i < text_.size() && text_[i] != end && text_[i] != '\n'; ++i) {
        if (text_[i] == '\\' && end != '\n') ++i;
      }
    }
  }
  return quotes_.empty() ? Prose::comment : Prose::all;
}

Prose prose_at(std::string_view text, size_t line_begin, Prose prose) {
  return ProseOfLines(text, prose).at(line_begin);
}

std::optional<std::string_view> comment_in(std::string_view line) {
  const std::string_view text = trimmed(line);
  for (const std::string_view open : openers) {
    if (text.starts_with(open) && text.size() > open.size() &&
        space.find(text[open.size()]) != std::string_view::npos) {
      return trimmed(text.substr(open.size()));
    }
  }
  // Behind code: the last sign that has space around it.
  for (const std::string_view open : {"# ", "// "}) {
    const size_t at = line.rfind(open);
    if (at != std::string_view::npos && at > 0 && space.find(line[at - 1]) != line.npos) {
      return trimmed(line.substr(at + open.size()));
    }
  }
  return std::nullopt;
}

std::string formula_of_line(std::string_view line) {
  const auto comment = comment_in(line);
  std::string_view text = comment ? *comment : trimmed(line);
  for (const std::string_view close : {"*/", "-->"}) {
    if (text.ends_with(close)) text = trimmed(text.substr(0, text.size() - close.size()));
  }
  return std::string(within_dollars(without_bullet(text)));
}

std::optional<std::string> asked_formula(std::string_view line_before_cursor, Prose prose) {
  std::string_view text = trimmed(line_before_cursor);
  const bool arrow = text.ends_with("=>");
  if (!arrow && !text.ends_with("=")) return std::nullopt;
  text = trimmed(text.substr(0, text.size() - (arrow ? 2 : 1)));
  if (text.ends_with("=") || text.ends_with("!") || text.ends_with("<") || text.ends_with(">") ||
      text.ends_with(":")) {
    return std::nullopt;  // an operator of code
  }
  const auto comment = comment_in(text);
  if (!comment && prose != Prose::all) return std::nullopt;
  const std::string formula(within_dollars(without_bullet(comment ? *comment : text)));
  const auto reading = read(formula);
  if (!reading || !is_worth(reading->task)) return std::nullopt;
  if (has_verb(formula)) return formula;
  if (reading->task.is_call("solve") || is_code(reading->task) ||
      calls_unknown(formula, *reading)) {
    return std::nullopt;
  }
  return formula;
}

}  // namespace lsp::features::solve
