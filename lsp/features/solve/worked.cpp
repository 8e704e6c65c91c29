#include "lsp/features/solve/worked.h"

#include <algorithm>

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

}  // namespace

std::string written_answer(const Solution& found, std::string_view before,
                           std::string_view formula) {
  const auto dollars = std::count(before.begin(), before.end(), '$');
  std::string text = found.answer;
  const size_t point = formula.find('.');
  const bool decimals = point != std::string_view::npos && point + 1 < formula.size() &&
                        std::isdigit(static_cast<unsigned char>(formula[point + 1])) != 0;
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
