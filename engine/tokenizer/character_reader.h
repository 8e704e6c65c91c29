// Texts as the pre-tokenizers look at them: characters with their classes, and the ends of runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/unicode.h"

namespace engine::tokenizer {

struct Character {
  uint32_t value;
  uint32_t length;  // bytes; 0 past the end
  uint16_t classes;

  bool is(uint16_t any_of) const { return (classes & any_of) != 0; }
  bool is_newline() const { return value == '\n' || value == '\r'; }
};

constexpr bool between(uint32_t value, uint32_t first, uint32_t last) {
  return value - first <= last - first;
}

constexpr bool is_ascii_letter(uint32_t value) { return between(value | 0x20, 'a', 'z'); }

// How a family sees a code point of these classes.
struct PlainClasses {
  static uint16_t of(uint32_t, uint16_t classes) { return classes; }
};

// Text with the classes of its characters. Almost all text is ASCII: those characters cost one look
// into a table of bytes, in which the other bytes are of no class.
template <typename Classes>
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), table_(ClassTable::instance()) {
    for (uint32_t value = 0; value < 0x80; ++value) {
      byte_classes_[value] = Classes::of(value, table_[value]);
    }
  }

  size_t size() const { return text_.size(); }
  std::string_view slice(size_t first, size_t end) const {
    return {text_.data() + first, end - first};
  }

  Character at(size_t position) const {
    if (position >= text_.size()) return {0, 0, 0};
    const uint8_t byte = byte_at(position);
    if (byte < 0x80) return {byte, 1, byte_classes_[byte]};
    return decode(position);
  }

  // The end of the run of characters of these classes at `position`.
  size_t run_end(size_t position, uint16_t any_of) const {
    while (true) {
      while (position < text_.size() && (byte_classes_[byte_at(position)] & any_of) != 0)
        ++position;
      if (position >= text_.size() || byte_at(position) < 0x80) return position;
      const Character next = decode(position);
      if (!next.is(any_of)) return position;
      position += next.length;
    }
  }

  // Behind up to `most` numbers, of which the first is at `position`.
  size_t numbers_end(size_t position, int most) const {
    for (; most > 0 && at(position).is(number); --most) position += at(position).length;
    return position;
  }

  size_t newlines_end(size_t position) const {
    while (at(position).is_newline()) ++position;
    return position;
  }

 private:
  uint8_t byte_at(size_t position) const { return static_cast<uint8_t>(text_.data()[position]); }

  [[gnu::noinline]] Character decode(size_t position) const {
    const CodePoint decoded = decode_utf8(text_.substr(position));
    if (decoded.value == invalid_code_point) return {invalid_code_point, 1, 0};
    return {decoded.value, decoded.length, Classes::of(decoded.value, table_[decoded.value])};
  }

  std::string_view text_;
  const ClassTable& table_;
  std::array<uint16_t, 256> byte_classes_{};
};

using PlainReader = Reader<PlainClasses>;

// `[^\s\p{L}\p{N}]`
inline bool is_other(const Character& character) {
  return character.length > 0 && !character.is(space | letter | number);
}

template <typename Text>
size_t others_end(const Text& text, size_t position) {
  while (is_other(text.at(position))) position += text.at(position).length;
  return position;
}

// For patterns of one alternation: each piece ends where `piece_end` says of its start.
template <typename Text, typename PieceEnd>
void split_at_ends(const Text& text, PieceEnd piece_end, PieceSink& sink) {
  for (size_t position = 0; position < text.size();) {
    const size_t end = piece_end(position);
    sink.piece(text.slice(position, end));
    position = end;
  }
}

// `\s*[\r\n]+ | \s+(?!\S) | \s+` at a whitespace character: the end of the match. `at_end` says
// whether the text ends at a position.
template <typename Text, typename AtEnd>
size_t whitespace_end(const Text& text, size_t position, AtEnd at_end) {
  size_t after_newline = 0;  // past the last newline of the run; 0 without one
  size_t last = position;    // where the last character of the run starts
  size_t end = position;
  while (true) {
    const Character next = text.at(end);
    if (!next.is(space)) break;
    last = end;
    end += next.length;
    if (next.is_newline()) after_newline = end;
  }
  if (after_newline > 0) return after_newline;
  if (at_end(end) || last == position) return end;
  return last;
}

// `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at an apostrophe: its end, or 0.
template <typename Text>
size_t contraction_end(const Text& text, size_t position) {
  const uint32_t first = text.at(position + 1).value | 0x20;
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return position + 2;
  const uint32_t second = text.at(position + 2).value | 0x20;
  const bool matches = (first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                       (first == 'l' && second == 'l');
  return matches ? position + 3 : 0;
}

}  // namespace engine::tokenizer
