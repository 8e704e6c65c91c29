// Reads a small markup language into HTML.
//
//   # Title           a heading, with one to three # and a space: <h1> to <h3>
//   - item            lines like this one after the other make one list
//   text              lines one after the other make one paragraph, joined by a space
//   *word* `code`     inside of text: <em> and <code>; without a partner the sign stays as it is
//
// Blank lines separate paragraphs and lists. &, < and > are escaped.
#include <sstream>
#include <string>
#include <vector>

std::string escape(const std::string& text) {
  std::string result;
  for (char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

// Text with its emphasis and code, escaped. Nothing inside of code has a meaning.
std::string inline_markup(const std::string& text) {
  std::string result;
  std::size_t i = 0;
  while (i < text.size()) {
    const bool mark = text[i] == '*' || text[i] == '`';
    const std::size_t end = mark ? text.find(text[i], i + 1) : std::string::npos;
    if (end == std::string::npos) {
      result += escape(text.substr(i, 1));
      ++i;
      continue;
    }
    const std::string inside = text.substr(i + 1, end - i - 1);
    if (text[i] == '*') {
      result += "<em>" + inline_markup(inside) + "</em>";
    } else {
      result += "<code>" + escape(inside) + "</code>";
    }
    i = end + 1;
  }
  return result;
}

// 1 to 3 for a heading, 0 for any other line.
std::size_t heading_level(const std::string& line) {
  const std::size_t level = line.find_first_not_of('#');
  const bool heading = level != std::string::npos && level <= 3 && line[level] == ' ';
  return heading ? level : 0;
}

class Reader {
 public:
  std::string read(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t level = heading_level(line);
      if (line.empty()) {
        close();
        break;
      }
      if (level > 0) {
        close();
        const std::string tag = "h" + std::to_string(level) + ">";
        out_ += "<" + tag + inline_markup(line.substr(level + 1)) + "</" + tag + "\n";
      } else if (line.compare(0, 2, "- ") == 0) {
        if (!paragraph_.empty()) close();
        items_.push_back(line.substr(2));
      } else {
        if (!items_.empty()) close();
        paragraph_ += (paragraph_.empty() ? "" : " ") + line;
      }
    }
    close();
    return out_;
  }

 private:
  // Ends the paragraph or list that is open.
  void close() {
    if (!paragraph_.empty()) out_ += "<p>" + inline_markup(paragraph_) + "</p>\n";
    if (!items_.empty()) {
      out_ += "<ul>\n";
      for (const std::string& item : items_) out_ += "<li>" + inline_markup(item) + "</li>\n";
      out_ += "</ul>\n";
    }
    paragraph_.clear();
    items_.clear();
  }

  std::string out_, paragraph_;
  std::vector<std::string> items_;
};

std::string to_html(const std::string& text) { return Reader().read(text); }
