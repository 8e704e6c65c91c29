// Patterns that cut words before capitals: one alternation, tried at each position. With
// U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and L = [\p{Ll}\p{Lm}\p{Lo}\p{M}], gpt-4o is
//
//   [^\r\n\p{L}\p{N}]? U* L+ C? | [^\r\n\p{L}\p{N}]? U+ L* C? | \p{N}{1,3}
//   | ?[^\s\p{L}\p{N}]+[\r\n/]* | \s*[\r\n]+ | \s+(?!\S) | \s+
//
// where C is (?i:'s|'t|'re|'ve|'m|'ll|'d). tekken is the same without C and with single digits.
// kimi-k2 has [\p{Han}]+ in front, no characters of that script in U and L, and no slash behind
// marks.
#include "engine/tokenizer/character_reader.h"
#include "engine/tokenizer/pre_tokenizer_families.h"

namespace engine::tokenizer {
namespace {

struct Rules {
  int max_digits;
  bool takes_contractions;
  bool cuts_han;
  bool marks_take_slashes;
};

class CapitalsSplitter {
 public:
  CapitalsSplitter(std::string_view text, const Rules& rules) : text_(text), rules_(rules) {}

  void split(PieceSink& sink) const {
    split_at_ends(
        text_, [this](size_t start) { return piece_end(start); }, sink);
  }

 private:
  size_t piece_end(size_t position) const {
    const Character first = text_.at(position);
    if (rules_.cuts_han && first.is(han)) return text_.run_end(position, han);
    if (const size_t end = word_end(position, first)) return with_contraction(end);
    if (first.is(number)) return text_.numbers_end(position, rules_.max_digits);
    const size_t second = position + first.length;
    if (is_other(first) || (first.value == ' ' && is_other(text_.at(second)))) {
      return marks_end(second);
    }
    return whitespace_end(text_, position, [&](size_t end) { return end == text_.size(); });
  }

  // Of the first two alternatives; 0 where neither matches. Each is tried with the character in
  // front of the word before it is tried without.
  size_t word_end(size_t position, const Character& first) const {
    const bool may_lead = !first.is(letter | number) && !first.is_newline();
    const size_t second = position + first.length;
    if (may_lead) {
      if (const size_t end = lower_word_end(second)) return end;
    }
    if (const size_t end = lower_word_end(position)) return end;
    if (may_lead) {
      if (const size_t end = uppers_end(second); end > second) return end;
    }
    const size_t end = uppers_end(position);
    return end > position ? end : 0;
  }

  // `U* L+`; 0 without a match. Where U* has taken all that L+ could begin with, it gives back up
  // to the last character that may be either.
  size_t lower_word_end(size_t position) const {
    size_t end = position;
    size_t last_of_both = 0;
    for (Character next = text_.at(end); may_be_upper(next); next = text_.at(end)) {
      end += next.length;
      if (may_be_lower(next)) last_of_both = end;
    }
    if (!may_be_lower(text_.at(end))) return last_of_both;
    for (Character next = text_.at(end); may_be_lower(next); next = text_.at(end)) {
      end += next.length;
    }
    return end;
  }

  size_t uppers_end(size_t position) const {
    for (Character next = text_.at(position); may_be_upper(next); next = text_.at(position)) {
      position += next.length;
    }
    return position;
  }

  size_t marks_end(size_t position) const {
    position = others_end(text_, position);
    while (text_.at(position).is_newline() ||
           (rules_.marks_take_slashes && text_.at(position).value == '/')) {
      ++position;
    }
    return position;
  }

  size_t with_contraction(size_t end) const {
    if (!rules_.takes_contractions || text_.at(end).value != '\'') return end;
    const size_t behind = contraction_end(text_, end);
    return behind > 0 ? behind : end;
  }

  bool is_of_word(const Character& character) const {
    return character.is(letter | mark) && !(rules_.cuts_han && character.is(han));
  }
  bool may_be_upper(const Character& character) const {
    return is_of_word(character) && !character.is(lower);
  }
  bool may_be_lower(const Character& character) const {
    return is_of_word(character) && !character.is(upper);
  }

  const PlainReader text_;
  const Rules rules_;
};

}  // namespace

void split_tekken(std::string_view text, PieceSink& sink) {
  const Rules rules{
      .max_digits = 1, .takes_contractions = false, .cuts_han = false, .marks_take_slashes = true};
  CapitalsSplitter(text, rules).split(sink);
}

void split_gpt_4o(std::string_view text, PieceSink& sink) {
  const Rules rules{
      .max_digits = 3, .takes_contractions = true, .cuts_han = false, .marks_take_slashes = true};
  CapitalsSplitter(text, rules).split(sink);
}

void split_kimi_k2(std::string_view text, PieceSink& sink) {
  const Rules rules{
      .max_digits = 3, .takes_contractions = true, .cuts_han = true, .marks_take_slashes = false};
  CapitalsSplitter(text, rules).split(sink);
}

}  // namespace engine::tokenizer
