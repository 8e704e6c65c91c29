// What the pre-tokenizers ask about code points, and a UTF-8 decoder that takes any bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace engine::tokenizer {

// A set of these bits; none for controls, unassigned code points and invalid bytes.
enum CharacterClass : uint16_t {
  letter = 1,       // \p{L}
  mark = 2,         // \p{M}
  number = 4,       // \p{N}
  punctuation = 8,  // \p{P}
  symbol = 16,      // \p{S}
  space = 32,       // White_Space, which is \s
  cased_letter = 64,
  upper = 128,  // \p{Lu}, \p{Lt}
  lower = 256,  // \p{Ll}
  han = 512,    // \p{Han}
};

// Generated: each run of equal classes as `first code point << class_bits | classes`, ascending
// from 0.
constexpr uint32_t class_bits = 10;
extern const uint32_t class_runs[];
extern const size_t class_run_count;

// The runs spread out into two stages: 256 code points a block, equal blocks stored once.
class ClassTable {
 public:
  static const ClassTable& instance();

  uint16_t operator[](uint32_t code_point) const {
    return classes_[size_t{block_[code_point >> 8]} << 8 | (code_point & 0xff)];
  }

 private:
  ClassTable();

  std::array<uint16_t, 0x1100> block_;  // index of the block of each 256 code points
  std::vector<uint16_t> classes_;       // the blocks
};

struct CodePoint {
  uint32_t value;
  uint32_t length;  // bytes
};

constexpr uint32_t invalid_code_point = 0xffffffff;

// The code point at the start of `text`, which is not empty. A byte that starts no valid UTF-8
// sequence (overlong forms and surrogates are invalid) counts as one invalid_code_point.
CodePoint decode_utf8(std::string_view text);

}  // namespace engine::tokenizer
