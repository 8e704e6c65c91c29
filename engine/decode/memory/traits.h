// What the memory needs to know of a token's text.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace engine::decode::memory {

enum class Shape : uint8_t {
  line_end,
  punctuation_line_end,
  word,
  spaced_word,
  joined_word,
  punctuation,
  number,
  blank
};
inline constexpr int shape_count = 8;

// The last character that is not blank.
enum class Ending : uint8_t { none, opens_block, opens_bracket, separates, closes, word, other };
inline constexpr int ending_count = 7;

struct TokenTraits {
  Shape shape = Shape::blank;
  Ending ending = Ending::none;
  bool ends_line = false;     // contains a line end
  int8_t bracket_change = 0;  // opening minus closing brackets before the first line end
  uint8_t head_bytes = 0;     // before the first line end; at most 255
};

TokenTraits token_traits(std::string_view bytes);

// The state of the line that is being written, followed byte by byte.
struct Line {
  int column = 0;           // bytes since the line's start
  int indentation = 0;      // columns, a tab counts 4
  bool blank = true;        // nothing but blanks so far
  int depth = 0;            // brackets opened in this line and not closed
  int open_brackets = 0;    // opened in this and earlier lines and not closed; never below 0
  char quote = 0;           // the quote the line is inside of, or 0
  int previous_column = 0;  // bytes of the line before
  int tokens = 0;           // begun since the line's start

  void feed(std::string_view bytes);
};

}  // namespace engine::decode::memory
