#include "lsp/features/indentation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "lsp/text/word.h"

namespace lsp::features {
namespace {

constexpr size_t tab_width = 4;              // only compared with widths computed the same way
constexpr size_t most_read_bytes = 1 << 14;  // on either side of the cursor
constexpr size_t most_outer_bytes = 1 << 13;

size_t blanks_of(std::string_view line) {
  const size_t end = line.find_first_not_of(" \t");
  return end == std::string_view::npos ? line.size() : end;
}

size_t width_of(std::string_view blanks) {
  size_t width = 0;
  for (const char byte : blanks) width += byte == '\t' ? tab_width : 1;
  return width;
}

size_t width_of_line(std::string_view line) { return width_of(line.substr(0, blanks_of(line))); }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

std::string_view last_line(std::string_view text) {
  return text.substr(text.find_last_of('\n') + 1);  // npos + 1 is 0
}

// Whether the lines after this one are deeper by a step, and not as their author likes.
bool opens_block(std::string_view line) {
  const size_t last = line.find_last_not_of(" \t\r");
  return last != std::string_view::npos && (line[last] == '{' || line[last] == ':');
}

struct Steps {
  bool tabs;
  size_t width;  // 0: nothing tells
};

// The commonest step in the lines around the cursor.
Steps steps_of(std::string_view text) {
  std::array<int, 9> counts{};
  int with_tabs = 0;
  int with_spaces = 0;
  std::optional<size_t> opened;  // the width of the line before, if it opens a block
  for (const std::string_view line : lines_of(text)) {
    if (text::is_blank(line)) continue;
    const size_t width = width_of_line(line);
    if (line.front() == '\t') ++with_tabs;
    if (line.front() == ' ') ++with_spaces;
    if (opened && width > *opened && width - *opened < counts.size()) ++counts[width - *opened];
    opened.reset();
    if (opens_block(line)) opened = width;
  }
  if (with_tabs > with_spaces) return {true, tab_width};
  const auto commonest = std::max_element(counts.begin(), counts.end());
  return {false, *commonest == 0 ? 0 : static_cast<size_t>(commonest - counts.begin())};
}

std::string_view around(std::string_view document, size_t cursor) {
  const size_t begin = cursor - std::min(cursor, most_read_bytes);
  const size_t end = std::min(document.size(), cursor + most_read_bytes);
  return document.substr(begin, end - begin);
}

std::string_view without_doubled_blanks(std::string_view before, std::string_view text) {
  const std::string_view line = last_line(before);
  if (line.empty() || blanks_of(text) == 0 || (line.back() != ' ' && line.back() != '\t')) {
    return text;
  }
  if (text::is_blank(line)) {
    // A line that a block's first line is yet to be indented for.
    std::string_view above = before.substr(0, before.size() - line.size());
    const size_t end = above.find_last_not_of(" \t\r\n");
    above = last_line(above.substr(0, end == std::string_view::npos ? 0 : end + 1));
    if (opens_block(above) && width_of(line) <= width_of_line(above)) return text;
  }
  return text.substr(blanks_of(text));
}

std::string indented(std::string_view line, std::string_view base, size_t depth,
                     const Steps& file) {
  const std::string step = file.tabs ? "\t" : std::string(file.width, ' ');
  std::string result(base);
  for (size_t i = 0; i < depth; ++i) result += step;
  return result + std::string(line.substr(blanks_of(line)));
}

}  // namespace

std::string_view from_outermost_line(std::string_view before) {
  size_t begin = before.find_last_of('\n') + 1;
  while (begin > 0) {
    const char first = begin < before.size() ? before[begin] : ' ';
    const bool is_outermost = first != ' ' && first != '\t' && first != '\r' && first != '\n' &&
                              first != '}' && first != ')' && first != ']';
    if (is_outermost || before.size() - begin > most_outer_bytes) break;
    begin = begin == 1 ? 0 : before.find_last_of('\n', begin - 2) + 1;
  }
  return before.substr(begin);
}

std::string indent_like_file(std::string_view before, std::string_view text,
                             std::string_view document) {
  text = without_doubled_blanks(before, text);
  std::vector<std::string_view> lines = lines_of(text);
  const std::string first = std::string(last_line(before)) + std::string(lines.front());
  const Steps file = steps_of(around(document, before.size()));
  if (lines.size() == 1 || file.width == 0 || !opens_block(first)) return std::string(text);

  const std::string_view base = std::string_view(first).substr(0, blanks_of(first));
  const size_t base_width = width_of(base);
  size_t step = 0;  // of the text
  for (size_t i = 1; i < lines.size(); ++i) {
    const size_t width = width_of_line(lines[i]);
    if (text::is_blank(lines[i]) || width <= base_width) continue;
    step = step == 0 ? width - base_width : std::min(step, width - base_width);
  }
  std::string result(lines.front());
  for (size_t i = 1; i < lines.size(); ++i) {
    const size_t width = width_of_line(lines[i]);
    const size_t deeper = width - std::min(width, base_width);
    const bool even = step != 0 && deeper % step == 0;
    result += '\n';
    if (text::is_blank(lines[i]) || width < base_width || (deeper != 0 && !even)) {
      result += lines[i];
    } else {
      result += indented(lines[i], base, deeper == 0 ? 0 : deeper / step, file);
    }
  }
  return result;
}

}  // namespace lsp::features
