// DeepSeek's patterns. Each family is a list: each pattern splits what the patterns before it have
// made, their matches as well as what they left over, and every part counts as a text of its own,
// in which `$` and `(?!\S)` see the end.
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
#include <algorithm>

#include "engine/tokenizer/character_reader.h"
#include "engine/tokenizer/pre_tokenizer_families.h"

namespace engine::tokenizer {
namespace {

// A class of deepseek-v3 alone; takes the bit of cased_letter, which only deepseek-llm asks for.
constexpr uint16_t v3_ideograph = cased_letter;

// Ideographs and kana are of one class, which is theirs alone.
struct DeepseekV3Classes {
  static uint16_t of(uint32_t value, uint16_t classes) {
    if (between(value, 0x4e00, 0x9fa5) || between(value, 0x3040, 0x30ff)) return v3_ideograph;
    return classes & static_cast<uint16_t>(~v3_ideograph);
  }
};

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
    if (first.is(number)) return text_.numbers_end(position, 3);
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
  static constexpr uint16_t letters = family == Family::coder ? letter : cased_letter;

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

void split_deepseek_v3(std::string_view text, PieceSink& sink) {
  DeepseekV3Splitter(text, sink).split();
}

void split_deepseek_coder(std::string_view text, PieceSink& sink) {
  DeepseekSplitter<Family::coder>(text, sink).split();
}

void split_deepseek_llm(std::string_view text, PieceSink& sink) {
  DeepseekSplitter<Family::llm>(text, sink).split();
}

}  // namespace engine::tokenizer
