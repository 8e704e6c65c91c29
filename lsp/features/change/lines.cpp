#include "lsp/features/change/lines.h"

#include <algorithm>
#include <cctype>

#include "lsp/features/change/part.h"

namespace lsp::features::change {

constexpr int letters_that_say_something = 4;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Lines without_blank_ends(Lines lines) {
  while (!lines.empty() && is_blank(lines.back())) lines.pop_back();
  const auto first = std::find_if_not(lines.begin(), lines.end(), is_blank);
  lines.erase(lines.begin(), first);
  return lines;
}

Lines without_blanks(const Lines& lines) {
  Lines some;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(some),
               [](std::string_view line) { return !is_blank(line); });
  return some;
}

std::string_view stripped(std::string_view line) {
  const size_t begin = line.find_first_not_of(" \t\f");
  if (begin == line.npos) return "";
  return line.substr(begin, line.find_last_not_of(" \t\f\r") + 1 - begin);
}

std::string_view indentation_of(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(" \t\r\n\f"), line.size()));
}

std::string_view ending_in(std::string_view text, size_t begin) {
  const size_t at = text.find('\n', begin);
  const size_t near = at == text.npos ? text.rfind('\n') : at;
  return near != text.npos && near > 0 && text[near - 1] == '\r' ? "\r\n" : "\n";
}

std::string joined(const std::vector<std::string>& lines, std::string_view ending) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) text += ending;
    if (!is_blank(lines[i])) text += lines[i];
  }
  return text;
}

bool is_before_definition(std::string_view line) {
  const std::string_view words = stripped(line);
  return words.starts_with("@") || words.starts_with("#[") || words.starts_with("template");
}

bool has_substance(const Lines& lines) {
  return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    return std::count_if(line.begin(), line.end(), [](unsigned char c) {
             return std::isalnum(c) != 0 || c >= 0x80;
           }) >= letters_that_say_something;
  });
}

}  // namespace lsp::features::change
