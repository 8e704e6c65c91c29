// Breaks text into lines and pads columns.
#include <sstream>
#include <string>
#include <vector>

// The words of a text in lines of at most `width` characters, with one space between words and none
// at either end. As many words as fit stand on a line; a word that is longer than the width stands
// alone on a line of its own.
std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> lines;
  std::istringstream words(text);
  std::string word, line;
  while (words >> word) {
    if (!line.empty() && line.size() + word.size() > width) {
      lines.push_back(line);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

// A text in a column of `width` characters, at its right end if `right`; longer text is kept whole.
std::string pad(const std::string& text, std::size_t width, bool right) {
  if (text.size() >= width) return text;
  const std::string space(width - text.size(), ' ');
  return right ? space + text : text + space;
}

// The text in a frame of '|', as wide as the width and the frame.
std::string framed(const std::string& text, std::size_t width) {
  std::string result;
  for (const std::string& line : wrap(text, width)) result += "|" + pad(line, width, false) + "|\n";
  return result;
}
