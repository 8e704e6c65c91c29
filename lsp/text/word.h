// What words and blanks are made of, byte by byte, in whatever language the text is.
#pragma once

#include <string_view>

#include "lsp/text/document.h"

namespace lsp::text {

// ASCII's letters and digits, the underscore, and every byte of the characters beyond ASCII.
constexpr bool is_word(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') || byte == '_' || value >= 0x80;
}

// The same and the dollar, which is a letter in JavaScript.
constexpr bool is_name(char byte) { return is_word(byte) || byte == '$'; }

// `range` with the rest of the words that it begins and ends in.
template <typename IsName>
Range widened(std::string_view text, Range range, IsName is_in_name) {
  while (range.begin > 0 && is_in_name(text[range.begin - 1])) --range.begin;
  while (range.end < text.size() && is_in_name(text[range.end])) ++range.end;
  return range;
}

constexpr std::string_view blanks = " \t\r\n";
constexpr bool is_blank(char byte) { return blanks.find(byte) != std::string_view::npos; }
constexpr bool is_blank(std::string_view text) {
  return text.find_first_not_of(blanks) == std::string_view::npos;
}

}  // namespace lsp::text
