#include "lsp/features/change/indentation.h"

#include <algorithm>

#include "lsp/features/change/part.h"
#include "lsp/features/debug/grammar.h"

namespace lsp::features::change {
namespace {

constexpr size_t usual_step = 4;

size_t columns_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t\f"), line.size());
}

// For each line whether it begins within a string.
std::vector<bool> within_strings(const Lines& lines, std::optional<syntax::Language> language) {
  std::vector<bool> within(lines.size(), false);
  if (!language) return within;
  std::string text;
  for (const std::string_view line : lines) text.append(line).append("\n");
  const auto tree = debug::parse(text, *language);
  if (!tree) return within;
  size_t at = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    within[i] = i > 0 && tree->place_at(at) == syntax::Place::string;
    at += lines[i].size() + 1;
  }
  return within;
}

// How deep each level is, by the least that any line has.
size_t step_of(const Lines& lines) {
  size_t step = std::string_view::npos;
  for (const std::string_view line : lines) {
    const size_t columns = columns_of(line);
    if (columns > 1 && columns < line.size() && line.front() == ' ') step = std::min(step, columns);
  }
  return step == std::string_view::npos ? usual_step : step;
}

}  // namespace

std::vector<std::string> in_the_style_of(std::string_view text, const Lines& lines) {
  const auto begins_with = [](const Lines& all, std::string_view blanks) {
    return std::any_of(all.begin(), all.end(),
                       [&](std::string_view line) { return line.starts_with(blanks); });
  };
  const Lines around = lines_of(text);
  const bool tabs = begins_with(around, "\t"), blanks = begins_with(around, "  ");
  const bool to_tabs = tabs && !blanks && !begins_with(lines, "\t");
  const bool to_blanks = blanks && !tabs && begins_with(lines, "\t");
  const size_t step = step_of(to_tabs ? lines : around);
  std::vector<std::string> styled;
  for (const std::string_view line : lines) {
    const size_t columns = columns_of(line);
    std::string front(line.substr(0, columns));
    if (to_tabs) front = std::string(columns / step, '\t') + std::string(columns % step, ' ');
    if (to_blanks) {
      const auto count = static_cast<size_t>(std::count(front.begin(), front.end(), '\t'));
      front = std::string(count * step + (columns - count), ' ');
    }
    styled.push_back(front.append(line.substr(columns)));
  }
  return styled;
}

std::vector<std::string> indented(const Lines& lines, const std::string& indentation,
                                  std::optional<syntax::Language> language) {
  std::vector<std::string> moved(lines.begin(), lines.end());
  const bool kept =
      !indentation.empty() && !lines.empty() && lines.front().starts_with(indentation);
  if (kept) return moved;
  const std::vector<bool> within = within_strings(lines, language);
  size_t shared = std::string_view::npos;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!is_blank(lines[i]) && !within[i]) shared = std::min(shared, columns_of(lines[i]));
  }
  size_t owner = 0;  // the columns of the last line that begins in code
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t columns = columns_of(lines[i]);
    if (!within[i] && !is_blank(lines[i])) owner = columns;
    if (is_blank(lines[i]) || columns < shared || (within[i] && columns < owner)) continue;
    moved[i] = indentation + std::string(lines[i].substr(shared));
  }
  return moved;
}

}  // namespace lsp::features::change
