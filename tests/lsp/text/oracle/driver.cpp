// Executes on a Document what oracle.mjs asks for, one command a line, texts in hexadecimal ("-" is
// the empty text), and prints one line for each:
//   open ENCODING TEXT            -> lines
//   edit LINE CHAR LINE CHAR TEXT -> lines
//   offset LINE CHAR              -> bytes
//   position BYTES                -> LINE CHAR
//   text                          -> TEXT
#include <iostream>
#include <string>

#include "lsp/text/document.h"

namespace {

using lsp::text::Document;
using lsp::text::Encoding;
using lsp::text::Position;

std::string from_hex(const std::string& hex) {
  std::string text;
  if (hex == "-") return text;
  for (size_t i = 0; i < hex.size(); i += 2) {
    text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return text;
}

std::string to_hex(std::string_view text) {
  if (text.empty()) return "-";
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    hex += digits[static_cast<unsigned char>(c) >> 4];
    hex += digits[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

Encoding encoding_named(const std::string& name) {
  return name == "utf-8" ? Encoding::utf8 : name == "utf-16" ? Encoding::utf16 : Encoding::utf32;
}

Position read_position() {
  Position position{};
  std::cin >> position.line >> position.character;
  return position;
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  Document document("file:///a", "text", 0, "");
  Encoding encoding = Encoding::utf16;
  for (std::string command, text; std::cin >> command;) {
    if (command == "open") {
      std::cin >> command >> text;
      encoding = encoding_named(command);
      document = Document("file:///a", "text", 1, from_hex(text));
      std::cout << document.line_count() << '\n';
    } else if (command == "edit") {
      const size_t begin = document.offset_of(read_position(), encoding);
      const size_t end = document.offset_of(read_position(), encoding);
      std::cin >> text;
      document.apply({begin, end}, from_hex(text), document.version() + 1);
      std::cout << document.line_count() << '\n';
    } else if (command == "offset") {
      std::cout << document.offset_of(read_position(), encoding) << '\n';
    } else if (command == "position") {
      size_t offset = 0;
      std::cin >> offset;
      const Position position = document.position_of(offset, encoding);
      std::cout << position.line << ' ' << position.character << '\n';
    } else if (command == "text") {
      std::cout << to_hex(document.text()) << '\n';
    } else {
      std::cerr << "unknown command " << command << '\n';
      return 1;
    }
  }
}
