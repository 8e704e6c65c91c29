#include "lsp/features/solve/worked.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "lsp/features/solve/sentences.h"

namespace lsp::features::solve {
namespace {

std::string in_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

constexpr size_t most_fraction = 40;  // bytes of one that is written out

bool is_digit_at(std::string_view text, size_t at) {
  return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
}

bool holds_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

// Whether who wrote the formula thinks in decimals: 0.5, and less surely 7,5 or 19%.
bool has_decimals(std::string_view formula) {
  const size_t point = formula.find('.');
  return point != std::string_view::npos && is_digit_at(formula, point + 1);
}
bool has_percent_or_comma(std::string_view formula) {
  const size_t comma = formula.find(',');
  return holds_one_of(formula, {"%", "percent", "rozent", "pour cent", "百分之"}) ||
         (comma != std::string_view::npos && comma > 0 && is_digit_at(formula, comma - 1) &&
          is_digit_at(formula, comma + 1));
}
bool asks_for_fraction(std::string_view formula) {
  return holds_one_of(formula, {"fraction", "Bruch", "分数"});
}

// Of a fraction: whether its decimals end, and soon.
bool has_short_decimals(std::string_view fraction) {
  const size_t slash = fraction.find('/');
  if (slash == std::string_view::npos) return false;
  uint64_t below = 0;
  const std::string_view digits = fraction.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), below);
  if (error != std::errc() || end != digits.data() + digits.size() || below == 0) return false;
  constexpr uint64_t most = 1'000'000;  // so many decimals as it has zeros
  return most % below == 0;
}

// A fraction that nobody reads: (2/3)^100
bool is_endless(std::string_view answer) {
  return answer.size() > most_fraction && answer.find('/') != std::string_view::npos &&
         answer.find_first_not_of("-0123456789/") == std::string_view::npos;
}

// More than a number, a word or a date: what Markdown would take for emphasis, or show as code.
bool is_formula(std::string_view answer) {
  return holds_one_of(answer, {"*", "(", "{", "[", "+", "^", " = "}) || answer == "pi" ||
         answer == "oo" || answer == "-oo" ||
         (answer.size() == 1 && std::isalpha(static_cast<unsigned char>(answer[0])) != 0) ||
         (answer.find('/') != std::string_view::npos &&
          answer.find_first_not_of("0123456789-/") != std::string_view::npos);
}

std::string in_code(const std::string& text) { return "`" + text + "`"; }

// Markdown would take pairs of these for emphasis.
std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (c == '*' || c == '_') made += '\\';
    made += c;
  }
  return made;
}

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) {
    ++count;
  }
  return count;
}

// Whether the last `begin` before the end of the text has no `end` behind it.
bool is_open(std::string_view text, std::string_view begin, std::string_view end) {
  const size_t opened = text.rfind(begin);
  if (opened == std::string_view::npos) return false;
  const size_t closed = text.rfind(end);
  return closed == std::string_view::npos || closed < opened;
}

constexpr std::pair<std::string_view, std::string_view> enclosing[] = {{"<!--", "-->"},
                                                                       {"/*", "*/"}};

}  // namespace

Manner manner_at(std::string_view text, size_t at) {
  const std::string_view before = text.substr(0, at);
  if (count_of(before, "$$") % 2 == 1 || is_open(before, "\\[", "\\]")) return Manner::formula;
  for (const char* const name :
       {"equation", "align", "gather", "multline", "displaymath", "math", "eqnarray"}) {
    for (const char* const star : {"", "*"}) {
      const std::string braced = std::string("{") + name + star + "}";
      if (is_open(before, "\\begin" + braced, "\\end" + braced)) return Manner::formula;
    }
  }
  return Manner::dollars;
}

std::string sign_of_line(std::string_view line) {
  const auto comment = comment_in(line);
  if (!comment) return "#";
  const std::string_view before =
      line.substr(0, static_cast<size_t>(comment->data() - line.data()));
  const size_t last = before.find_last_not_of(" \t");
  const size_t first = before.find_last_of(" \t", last);
  const size_t begin = first == std::string_view::npos ? 0 : first + 1;
  const std::string_view sign = before.substr(begin, last + 1 - begin);
  for (const auto& [open, close] : enclosing) {
    if (sign == open && line.find(close, last) == std::string_view::npos) {
      return open == "/*" ? "*" : "";
    }
  }
  return std::string(sign);
}

std::string written_answer(const Solution& found, std::string_view before, std::string_view formula,
                           Manner manner) {
  // An answer in words has no LaTeX, and dollars are money there.
  const auto dollars = found.latex.empty() ? 0 : std::count(before.begin(), before.end(), '$');
  std::string text = found.answer;
  const bool decimals = !asks_for_fraction(formula) &&
                        (has_decimals(formula) ||
                         (has_percent_or_comma(formula) && has_short_decimals(found.answer)));
  if (dollars % 2 == 1) {
    text = found.latex;
  } else if (dollars > 0) {
    text = "$" + found.latex + "$";
  } else if ((decimals || found.is_quantity || is_endless(found.answer)) &&
             !found.decimal.empty()) {
    text = found.decimal;
  } else if (manner != Manner::plain && is_formula(found.answer) && !found.is_quantity &&
             !found.latex.empty()) {
    const bool bare = manner == Manner::formula || formula.find('\\') != std::string_view::npos;
    text = bare ? found.latex : "$" + found.latex + "$";
  }
  if (!before.ends_with(' ')) text = " " + text;
  std::string said;
  if (!found.notes.empty()) {
    const std::string read_as = in_one_line(found.read_as);
    said = text::said(solve::read_as, found.tongue) + " " +
           (manner == Manner::dollars ? in_code(read_as) : read_as);
  }
  if (found.checked != Checked::yes) {
    said += (said.empty() ? "" : text::said(text::then, found.tongue));
    said += text::said(mark_of(found.checked), found.tongue);
  }
  return said.empty() ? text : text + " (" + said + ")";
}

std::string step_line(const Step& step, text::Tongue tongue) {
  const std::string doubt = " (" + said(is_not_checked, tongue) + ")";
  return in_one_line(step.rule + ": " + step.formula) + (step.checked ? "" : doubt);
}

std::vector<Insertion> worked_insertions(std::string_view text, const Standing& formula,
                                         const Solution& found, std::string_view sign,
                                         Manner manner) {
  const size_t before =
      formula.begin == 0 ? std::string_view::npos : text.rfind('\n', formula.begin - 1);
  const size_t line_begin = before == std::string_view::npos ? 0 : before + 1;
  size_t line_end = std::min(text.find('\n', formula.end), text.size());
  const bool returns = line_end > 0 && text[line_end - 1] == '\r' && line_end > formula.end;
  if (returns) --line_end;
  const std::string newline = returns ? "\r\n" : "\n";
  const std::string_view line = text.substr(line_begin, line_end - line_begin);
  const std::string_view standing = text.substr(formula.begin, formula.end - formula.begin);

  std::vector<std::string> lines;
  std::vector<Insertion> insertions;
  if (standing.ends_with('=') || standing.ends_with("=>")) {
    const std::string_view ahead = text.substr(line_begin, formula.end - line_begin);
    insertions.push_back({formula.end, written_answer(found, ahead, formula.formula, manner)});
  } else {
    const bool dollars = standing.ends_with('$') && !found.latex.empty();
    lines.push_back(dollars ? "= $" + found.latex + "$"
                            : "=" + written_answer(found, "=", formula.formula, manner));
  }
  const bool markdown = sign.empty() && manner != Manner::plain;
  const auto plainly = [&](const std::string& text) {
    return markdown ? escaped(in_one_line(text)) : in_one_line(text);
  };
  for (const std::string& note : found.notes) {
    lines.push_back(with_colon(solve::note, found.tongue) + plainly(note));
  }
  int number = 0;
  for (Step step : found.steps) {
    if (markdown) step.formula = in_code(in_one_line(step.formula));
    lines.push_back(std::to_string(++number) + ". " + step_line(step, found.tongue));
  }
  lines.push_back(with_colon(mark_of(found.checked), found.tongue) + plainly(found.how));

  const size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
  const auto* const pair = std::find_if(std::begin(enclosing), std::end(enclosing),
                                        [&](const auto& each) { return each.first == sign; });
  const std::string close = pair == std::end(enclosing) ? "" : " " + std::string(pair->second);
  std::string below;
  for (const std::string& each : lines) {
    // In Markdown a line of its own, or one of a list, needs an empty line around it.
    const bool apart = sign.empty() && (&each == &lines.front() || &each == &lines.back());
    below += newline + (apart ? newline : "");
    below += line.substr(0, indent);
    if (!sign.empty()) below += std::string(sign) + " ";
    below += each + close;
  }
  if (sign.empty() && manner == Manner::formula) {  // behind the block, which holds LaTeX alone
    const size_t closed = text.find("$$", line_end);
    if (closed != std::string_view::npos) line_end = std::min(text.find('\n', closed), text.size());
    if (returns && text[line_end - 1] == '\r') --line_end;
  }
  insertions.push_back({line_end, std::move(below)});
  return insertions;
}

}  // namespace lsp::features::solve
