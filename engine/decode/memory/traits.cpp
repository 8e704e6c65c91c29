#include "engine/decode/memory/traits.h"

#include <algorithm>

namespace engine::decode::memory {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f' || c == '\v'; }
bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

Ending ending_of(std::string_view bytes) {
  const size_t last = bytes.find_last_not_of(" \t\f\v\r\n");
  if (last == std::string_view::npos) return Ending::none;
  const char c = bytes[last];
  if (c == ':' || c == '{') return Ending::opens_block;
  if (opens(c)) return Ending::opens_bracket;
  if (c == ',' || c == ';') return Ending::separates;
  if (closes(c)) return Ending::closes;
  return is_letter(c) || is_digit(c) ? Ending::word : Ending::other;
}

Shape shape_of(std::string_view bytes, bool ends_line) {
  bool letters = false, digits = false, marks = false;
  for (const char c : bytes) {
    if (is_letter(c)) {
      letters = true;
    } else if (is_digit(c)) {
      digits = true;
    } else if (!is_blank(c) && !is_line_end(c)) {
      marks = true;
    }
  }
  const bool empty = !letters && !digits && !marks;
  if (ends_line) return empty ? Shape::line_end : Shape::punctuation_line_end;
  if (empty) return Shape::blank;
  if (!letters) return marks ? Shape::punctuation : Shape::number;
  if (is_letter(bytes[0])) return Shape::word;
  return is_blank(bytes[0]) ? Shape::spaced_word : Shape::joined_word;
}

}  // namespace

TokenTraits token_traits(std::string_view bytes) {
  TokenTraits traits;
  const size_t head = std::min(bytes.find_first_of("\r\n"), bytes.size());
  traits.ends_line = head < bytes.size();
  traits.shape = shape_of(bytes, traits.ends_line);
  traits.ending = ending_of(bytes);
  traits.head_bytes = static_cast<uint8_t>(std::min<size_t>(head, 255));
  for (const char c : bytes.substr(0, std::min<size_t>(head, 100))) {
    traits.bracket_change = static_cast<int8_t>(traits.bracket_change + opens(c) - closes(c));
  }
  return traits;
}

void Line::feed(std::string_view bytes) {
  ++tokens;
  for (const char c : bytes) {
    if (is_line_end(c)) {
      if (column > 0) previous_column = column;
      column = indentation = depth = tokens = 0;
      blank = true;
      quote = 0;
      continue;
    }
    ++column;
    if (is_blank(c)) {
      if (blank) indentation += c == '\t' ? 4 : 1;
      continue;
    }
    blank = false;
    if (quote != 0) {
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '"' || c == '\'' || c == '`') quote = c;
    depth += opens(c) - closes(c);
    open_brackets = std::max(0, open_brackets + opens(c) - closes(c));
  }
}

}  // namespace engine::decode::memory
