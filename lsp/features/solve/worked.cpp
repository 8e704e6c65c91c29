#include "lsp/features/solve/worked.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace lsp::features::solve {
namespace {

const char* mark_of(Checked checked) {
  return checked == Checked::yes      ? "checked: "
         : checked == Checked::partly ? "partly checked: "
                                      : "not checked: ";
}

std::string in_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

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

}  // namespace

std::string written_answer(const Solution& found, std::string_view before,
                           std::string_view formula) {
  const auto dollars = std::count(before.begin(), before.end(), '$');
  std::string text = found.answer;
  const bool decimals = !asks_for_fraction(formula) &&
                        (has_decimals(formula) ||
                         (has_percent_or_comma(formula) && has_short_decimals(found.answer)));
  if (dollars % 2 == 1) {
    text = found.latex;
  } else if (dollars > 0) {
    text = "$" + found.latex + "$";
  } else if ((decimals || found.is_quantity) && !found.decimal.empty()) {
    text = found.decimal;
  }
  if (!before.ends_with(' ')) text = " " + text;
  std::string said = found.notes.empty() ? "" : "read as " + in_one_line(found.read_as);
  if (found.checked != Checked::yes) {
    said += (said.empty() ? "" : "; ");
    said += found.checked == Checked::no ? "not checked" : "partly checked";
  }
  return said.empty() ? text : text + " (" + said + ")";
}

std::string step_line(const Step& step) {
  return in_one_line(step.rule + ": " + step.formula) + (step.checked ? "" : " (not checked)");
}

std::vector<Insertion> worked_insertions(std::string_view text, const Standing& formula,
                                         const Solution& found, std::string_view sign) {
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
    insertions.push_back({formula.end, written_answer(found, ahead, formula.formula)});
  } else {
    const bool dollars = standing.ends_with('$');
    lines.push_back("= " + (dollars ? "$" + found.latex + "$" : found.answer));
  }
  for (const std::string& note : found.notes) lines.push_back("note: " + in_one_line(note));
  int number = 0;
  for (const Step& step : found.steps) {
    lines.push_back(std::to_string(++number) + ". " + step_line(step));
  }
  lines.push_back(mark_of(found.checked) + in_one_line(found.how));

  const size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
  std::string below;
  for (const std::string& each : lines) {
    // In Markdown a line of its own, or one of a list, needs an empty line around it.
    const bool apart = sign.empty() && (&each == &lines.front() || &each == &lines.back());
    below += newline + (apart ? newline : "");
    below += line.substr(0, indent);
    if (!sign.empty()) below += std::string(sign) + " ";
    below += each;
  }
  insertions.push_back({line_end, std::move(below)});
  return insertions;
}

}  // namespace lsp::features::solve
