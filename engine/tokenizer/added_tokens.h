// Tokens that stand for their text as a whole, found before the rest is cut into pieces.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::tokenizer {

class AddedTokens {
 public:
  struct Match {
    size_t position;  // the size of the text where there is none
    size_t length = 0;
    int32_t token = -1;
  };

  AddedTokens() = default;
  // The views must outlive this; none is empty.
  explicit AddedTokens(std::vector<std::pair<std::string_view, int32_t>> tokens);

  // The first place from `position` on where a token's text stands; of several the longest.
  Match find(std::string_view text, size_t position) const;

 private:
  // The longest token that `text` starts with; length 0 without one.
  Match longest_prefix(std::string_view text) const;

  std::vector<std::pair<std::string_view, int32_t>> tokens_;  // in order of their text
  std::array<bool, 256> starts_{};                            // whether one starts with this byte
};

}  // namespace engine::tokenizer
