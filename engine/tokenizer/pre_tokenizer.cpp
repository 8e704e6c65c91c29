// The published patterns, and how they are matched here without a regular expression.
//
// llama-bpe and qwen2 are one alternation, tried at each position ({1,3} is {1} in qwen2):
//
//   (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N}{1,3}
//   | ?[^\s\p{L}\p{N}]+[\r\n]* | \s*[\r\n]+ | \s+(?!\S) | \s+
//
// The others are lists of patterns: each splits what the patterns before it have made, their
// matches as well as what they left over, and every part counts as a text of its own, in which `$`
// and `(?!\S)` see the end.
//
//   deepseek-v3     \p{N}{1,3};  [一-龥぀-ゟ゠-ヿ]+;
//                   [!-/:-@[-`{-~][A-Za-z]+ | [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
//                   | ?[\p{P}\p{S}]+[\r\n]* | \s*[\r\n]+ | \s+(?!\S) | \s+
//   deepseek-coder  [\r\n];  \s?\p{L}+;  \s?\p{P}+;  [ࠀ-龥가-퟿]+;  \p{N}
//   deepseek-llm    [\r\n];  \s?[cased letters]+;  \s?[!-/:-~！-／：-～‘-‟　-。]+;  \s+$;
//                   [ࠀ-龥가-퟿]+;  \p{N}
//
// In deepseek-v3 the first two patterns match by single characters, so digits and those CJK
// characters simply are ends of text to the third, which takes the marks among them apart. In the
// last two families a run of letters and a run of punctuation never compete for a character, so
// both are found in one pass, and what lies between them goes through the remaining patterns. So
// do the runs themselves: nothing comes of it in ASCII, but deepseek-llm's `:-~` holds the letters
// of ASCII, which it thereby takes apart from others (` caf|é`).
#include "engine/tokenizer/pre_tokenizer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/tokenizer/unicode.h"

namespace engine::tokenizer {
namespace {

// A class of deepseek-v3 alone; takes the bit of cased_letter, which only deepseek-llm asks for.
constexpr uint8_t v3_ideograph = cased_letter;

struct Character {
  uint32_t value;
  uint32_t length;  // bytes; 0 past the end
  uint8_t classes;

  bool is(uint8_t any_of) const { return (classes & any_of) != 0; }
  bool is_newline() const { return value == '\n' || value == '\r'; }
};

constexpr bool between(uint32_t value, uint32_t first, uint32_t last) {
  return value - first <= last - first;
}

constexpr bool is_ascii_letter(uint32_t value) { return between(value | 0x20, 'a', 'z'); }

// How a family sees a code point of these classes.
struct PlainClasses {
  static uint8_t of(uint32_t, uint8_t classes) { return classes; }
};

// Ideographs and kana are of one class, which is theirs alone.
struct DeepseekV3Classes {
  static uint8_t of(uint32_t value, uint8_t classes) {
    if (between(value, 0x4e00, 0x9fa5) || between(value, 0x3040, 0x30ff)) return v3_ideograph;
    return classes & static_cast<uint8_t>(~v3_ideograph);
  }
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
  size_t run_end(size_t position, uint8_t any_of) const {
    while (true) {
      while (position < text_.size() && (byte_classes_[byte_at(position)] & any_of) != 0)
        ++position;
      if (position >= text_.size() || byte_at(position) < 0x80) return position;
      const Character next = decode(position);
      if (!next.is(any_of)) return position;
      position += next.length;
    }
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
  std::array<uint8_t, 256> byte_classes_{};
};

using PlainReader = Reader<PlainClasses>;

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
size_t contraction_end(const PlainReader& text, size_t position) {
  const uint32_t first = text.at(position + 1).value | 0x20;
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return position + 2;
  const uint32_t second = text.at(position + 2).value | 0x20;
  const bool matches = (first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                       (first == 'l' && second == 'l');
  return matches ? position + 3 : 0;
}

// llama-bpe and qwen2: the end of the piece that starts at `position`.
size_t llama_piece_end(const PlainReader& text, size_t position, int max_digits) {
  const Character first = text.at(position);
  const size_t second_position = position + first.length;
  if (first.value == '\'') {
    if (const size_t end = contraction_end(text, position)) return end;
  }
  if (first.is(letter)) return text.run_end(second_position, letter);
  const Character second = text.at(second_position);
  if (!first.is_newline() && !first.is(number) && second.is(letter)) {
    return text.run_end(second_position, letter);
  }
  if (first.is(number)) {
    size_t end = second_position;
    for (int digits = 1; digits < max_digits && text.at(end).is(number); ++digits) {
      end += text.at(end).length;
    }
    return end;
  }
  const auto is_other = [](const Character& character) {
    return character.length > 0 && !character.is(space | letter | number);
  };
  if (is_other(first) || (first.value == ' ' && is_other(second))) {
    size_t end = second_position;
    while (is_other(text.at(end))) end += text.at(end).length;
    return text.newlines_end(end);
  }
  return whitespace_end(text, position, [&](size_t end) { return end == text.size(); });
}

void split_llama(std::string_view whole, int max_digits, PieceSink& sink) {
  const PlainReader text(whole);
  for (size_t position = 0; position < text.size();) {
    const size_t end = llama_piece_end(text, position, max_digits);
    sink.piece(text.slice(position, end));
    position = end;
  }
}

class DeepseekV3Splitter {
 public:
  DeepseekV3Splitter(std::string_view text, PieceSink& sink) : text_(text), sink_(sink) {}

  void split() {
    size_t position = 0;
    size_t gap = 0;  // characters since here match nothing
    while (position < text_.size()) {
      const size_t end = match_end(position);
      if (end == position) {
        position += text_.at(position).length;
        continue;
      }
      if (gap < position) sink_.piece(text_.slice(gap, position));
      sink_.piece(text_.slice(position, end));
      position = gap = end;
    }
    if (gap < position) sink_.piece(text_.slice(gap, position));
  }

 private:
  // The end of the match at `position`; `position` where nothing matches.
  size_t match_end(size_t position) const {
    const Character first = text_.at(position);
    const size_t second_position = position + first.length;
    if (first.is(number)) {
      size_t end = second_position;
      for (int digits = 1; digits < 3 && text_.at(end).is(number); ++digits)
        end += text_.at(end).length;
      return end;
    }
    if (first.is(v3_ideograph)) return ideographs_end(second_position, is_kana_mark(first));
    const Character second = text_.at(second_position);
    if (first.value < 0x80 && first.is(punctuation | symbol) && is_ascii_letter(second.value)) {
      size_t end = second_position;
      while (is_ascii_letter(text_.at(end).value)) ++end;
      return end;
    }
    if (first.is(letter | mark)) return text_.run_end(second_position, letter | mark);
    if (!first.is_newline() && !first.is(punctuation | symbol) && second.is(letter | mark)) {
      return text_.run_end(second_position, letter | mark);
    }
    if (first.is(punctuation | symbol) || (first.value == ' ' && second.is(punctuation | symbol))) {
      return text_.newlines_end(text_.run_end(second_position, punctuation | symbol));
    }
    if (first.is(space)) {
      return whitespace_end(text_, position, [&](size_t end) {
        return end == text_.size() || text_.at(end).is(number | v3_ideograph);
      });
    }
    return position;
  }

  // Punctuation and symbols among the kana.
  static bool is_kana_mark(const Character& character) {
    return character.value == 0x30a0 || character.value == 0x30fb ||
           between(character.value, 0x309b, 0x309c);
  }

  size_t ideographs_end(size_t position, bool marks) const {
    for (;;) {
      const Character next = text_.at(position);
      if (!next.is(v3_ideograph) || is_kana_mark(next) != marks) return position;
      position += next.length;
    }
  }

  const Reader<DeepseekV3Classes> text_;
  PieceSink& sink_;
};

enum class Family { coder, llm };

// deepseek-coder and deepseek-llm.
template <Family family>
class DeepseekSplitter {
 public:
  DeepseekSplitter(std::string_view text, PieceSink& sink) : text_(text), sink_(sink) {}

  void split() {
    size_t position = 0;
    size_t gap = 0;  // characters since here await the later patterns
    while (position < text_.size()) {
      const size_t end = match_end(position);
      if (end == position) {
        position += text_.at(position).length;
        continue;
      }
      split_gap(gap, position);
      split_match(position, end);
      position = gap = end;
    }
    split_gap(gap, position);
  }

 private:
  static constexpr uint8_t letters = family == Family::coder ? letter : cased_letter;

  static bool is_letter(const Character& character) { return character.is(letters); }

  // What deepseek-llm lists as punctuation.
  static bool is_listed(const Character& character) {
    const uint32_t value = character.value;
    return character.length > 0 &&
           (between(value, '!', '/') || between(value, ':', '~') ||
            between(value, 0xff01, 0xff0f) || between(value, 0xff1a, 0xff5e) ||
            between(value, 0x2018, 0x201f) || between(value, 0x3000, 0x3002));
  }

  // The letters among these have gone to the pattern before.
  static bool is_punctuation(const Character& character) {
    if (family == Family::coder) return character.is(punctuation);
    return is_listed(character) && !is_letter(character);
  }

  static bool is_eastern(const Character& character) {
    return between(character.value, 0x0800, 0x9fa5) || between(character.value, 0xac00, 0xd7ff);
  }

  // Newlines, letters and punctuation: the end of the match at `position`; `position` without one.
  size_t match_end(size_t position) const {
    const Character first = text_.at(position);
    const size_t second_position = position + first.length;
    if (first.is_newline()) return second_position;
    if (is_letter(first)) return letters_end(second_position);
    const Character second = text_.at(second_position);
    if (first.is(space)) {
      if (is_letter(second)) return letters_end(second_position);
      const size_t end = punctuation_end(second_position);
      if (end > second_position) return end;
    }
    return is_punctuation(first) ? punctuation_end(second_position) : position;
  }

  size_t letters_end(size_t position) const { return text_.run_end(position, letters); }

  // U+3000 is both space and punctuation in deepseek-llm: before a letter it belongs to the letter.
  size_t punctuation_end(size_t position) const {
    while (true) {
      const Character next = text_.at(position);
      if (!is_punctuation(next)) return position;
      if (next.is(space) && is_letter(text_.at(position + next.length))) return position;
      position += next.length;
    }
  }

  void split_match(size_t first, size_t end) {
    const std::string_view match = text_.slice(first, end);
    const bool is_ascii = std::none_of(
        match.begin(), match.end(), [](char byte) { return static_cast<uint8_t>(byte) >= 0x80; });
    if (is_ascii) return sink_.piece(match);
    if (family == Family::coder) return split_gap(first, end);
    split_letters(first, end);
  }

  // deepseek-llm's pattern of punctuation within a run of letters.
  void split_letters(size_t first, size_t end) {
    for (size_t position = first; position < end;) {
      const Character start = text_.at(position);
      // The space of `\s?`, which only a run's first character can be.
      const bool leads = start.is(space) && is_listed(text_.at(position + start.length));
      const bool listed = leads || is_listed(start);
      size_t piece_end = position + start.length;
      while (piece_end < end && is_listed(text_.at(piece_end)) == listed) {
        piece_end += text_.at(piece_end).length;
      }
      split_gap(position, piece_end);
      position = piece_end;
    }
  }

  // By the patterns behind those of newlines, letters and punctuation.
  void split_gap(size_t first, size_t end) {
    const size_t body_end = family == Family::llm ? trailing_space(first, end) : end;
    split_kinds(first, body_end);
    split_kinds(body_end, end);
  }

  void split_kinds(size_t position, size_t end) {
    while (position < end) {
      const size_t piece_end = gap_piece_end(position, end);
      sink_.piece(text_.slice(position, piece_end));
      position = piece_end;
    }
  }

  // Where the whitespace that ends the gap starts.
  size_t trailing_space(size_t first, size_t end) const {
    size_t start = first;
    for (size_t position = first; position < end;) {
      const Character next = text_.at(position);
      position += next.length;
      if (!next.is(space)) start = position;
    }
    return start;
  }

  size_t gap_piece_end(size_t position, size_t end) const {
    const Character first = text_.at(position);
    const bool one_digit = first.is(number);
    const int kind = gap_kind(first);
    do {
      position += text_.at(position).length;
    } while (position < end && !one_digit && gap_kind(text_.at(position)) == kind);
    return position;
  }

  static int gap_kind(const Character& character) {
    return (is_eastern(character) ? 2 : 0) + (character.is(number) ? 1 : 0);
  }

  const PlainReader text_;
  PieceSink& sink_;
};

}  // namespace

std::optional<PreTokenizer> pre_tokenizer_from_name(std::string_view name) {
  if (name == "deepseek-llm") return PreTokenizer::deepseek_llm;
  if (name == "deepseek-coder") return PreTokenizer::deepseek_coder;
  if (name == "deepseek-v3") return PreTokenizer::deepseek_v3;
  if (name == "qwen2" || name == "deepseek-r1-qwen") return PreTokenizer::qwen2;
  if (name == "llama-bpe" || name == "llama3" || name == "llama-v3") return PreTokenizer::llama_bpe;
  if (name == "glm4") return PreTokenizer::glm4;
  return std::nullopt;
}

void split(PreTokenizer kind, std::string_view text, PieceSink& sink) {
  switch (kind) {
    case PreTokenizer::deepseek_llm:
      return DeepseekSplitter<Family::llm>(text, sink).split();
    case PreTokenizer::deepseek_coder:
      return DeepseekSplitter<Family::coder>(text, sink).split();
    case PreTokenizer::deepseek_v3:
      return DeepseekV3Splitter(text, sink).split();
    case PreTokenizer::qwen2:
      return split_llama(text, 1, sink);
    case PreTokenizer::llama_bpe:
    case PreTokenizer::glm4:
      return split_llama(text, 3, sink);
  }
}

}  // namespace engine::tokenizer
