// The merge rules of a byte-pair encoding, and the encoding of one piece by them: again and again
// the pair with the lowest rank is merged, the leftmost of equals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace engine::tokenizer {

class Merges {
 public:
  struct Rule {
    int32_t left;
    int32_t right;
    int32_t merged;
  };

  Merges() = default;
  // `rules` in the order of their rank; of equal pairs the first counts. `byte_tokens` are the
  // tokens of single bytes.
  Merges(const std::vector<Rule>& rules, const std::array<int32_t, 256>& byte_tokens);

  // Appends the tokens of `piece`. In any length n this takes at most O(n log n) steps.
  void encode(std::string_view piece, std::vector<int32_t>& tokens) const;

 private:
  static constexpr int32_t no_rank = std::numeric_limits<int32_t>::max();
  static constexpr size_t longest_short_piece = 48;

  struct Merge {
    int32_t rank = no_rank;
    int32_t merged = 0;
  };
  struct Entry {
    uint64_t pair = empty_pair;
    Merge merge;
  };
  static constexpr uint64_t empty_pair = std::numeric_limits<uint64_t>::max();

  static uint64_t pair_of(int32_t left, int32_t right) {
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  }
  size_t first_slot(uint64_t pair) const { return pair * 0x9e3779b97f4a7c15u >> shift_; }
  Merge find(int32_t left, int32_t right) const;
  Merge find_bytes(char left, char right) const;

  void encode_short(std::string_view piece, std::vector<int32_t>& tokens) const;
  void encode_long(std::string_view piece, std::vector<int32_t>& tokens) const;

  std::array<int32_t, 256> byte_tokens_{};
  std::vector<Entry> entries_;      // open addressing, at most half full
  int shift_ = 0;                   // 64 - log2 of their number
  std::vector<Merge> byte_merges_;  // of two bytes: most lookups, in a table that stays in cache
};

}  // namespace engine::tokenizer
