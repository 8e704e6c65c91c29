// What words and blanks are made of, byte by byte, in whatever language the text is.
#pragma once

#include <string_view>

namespace lsp::text {

// ASCII's letters and digits, the underscore, and every byte of the characters beyond ASCII.
constexpr bool is_word(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') || byte == '_' || value >= 0x80;
}

// The same and the dollar, which is a letter in JavaScript.
constexpr bool is_name(char byte) { return is_word(byte) || byte == '$'; }

constexpr std::string_view blanks = " \t\r\n";
constexpr bool is_blank(char byte) { return blanks.find(byte) != std::string_view::npos; }
constexpr bool is_blank(std::string_view text) {
  return text.find_first_not_of(blanks) == std::string_view::npos;
}

}  // namespace lsp::text
