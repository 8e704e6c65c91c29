// Run-length coding of text without digits: "aaabcc" becomes "3a1b2c".
#include <cctype>
#include <stdexcept>
#include <string>

// The code of a text; of an empty text it is empty.
std::string encode(const std::string& text) {
  std::string code;
  int count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    ++count;
    if (i + 1 == text.size() || text[i + 1] != text[i]) {
      code += std::to_string(count);
      code += text[i];
      count = 0;
    }
  }
  return code;
}

// The text of a code. Throws std::invalid_argument where a count or its character is missing.
std::string decode(const std::string& code) {
  std::string text;
  std::size_t i = 0;
  while (i < code.size()) {
    std::size_t count = 0;
    const std::size_t start = i;
    while (i < code.size() && std::isdigit(static_cast<unsigned char>(code[i]))) {
      count = count * 10 + (code[i] - '0');
      ++i;
    }
    if (i == start || i == code.size()) throw std::invalid_argument("not a code: " + code);
    text.append(count, code[i]);
    ++i;
  }
  return text;
}
