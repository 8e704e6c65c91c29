#include "engine/tokenizer/added_tokens.h"

#include <algorithm>

#include "engine/base/check.h"

namespace engine::tokenizer {

AddedTokens::AddedTokens(std::vector<std::pair<std::string_view, int32_t>> tokens)
    : tokens_(std::move(tokens)) {
  std::sort(tokens_.begin(), tokens_.end());
  for (const auto& [text, token] : tokens_) {
    INVARIANT(!text.empty());
    starts_[static_cast<uint8_t>(text.front())] = true;
  }
}

AddedTokens::Match AddedTokens::find(std::string_view text, size_t position) const {
  if (tokens_.empty()) return {text.size()};
  for (; position < text.size(); ++position) {
    if (!starts_[static_cast<uint8_t>(text[position])]) continue;
    Match match = longest_prefix(text.substr(position));
    if (match.length == 0) continue;
    match.position = position;
    return match;
  }
  return {text.size()};
}

// Narrows the tokens that share their first bytes with the text, one byte more each time. A token
// that ends here comes first among them.
AddedTokens::Match AddedTokens::longest_prefix(std::string_view text) const {
  Match match{0};
  auto first = tokens_.begin();
  auto last = tokens_.end();
  for (size_t length = 0; length < text.size(); ++length) {
    const auto byte = static_cast<uint8_t>(text[length]);
    first = std::partition_point(first, last, [&](const auto& token) {
      return token.first.size() <= length || static_cast<uint8_t>(token.first[length]) < byte;
    });
    last = std::partition_point(first, last, [&](const auto& token) {
      return static_cast<uint8_t>(token.first[length]) == byte;
    });
    if (first == last) break;
    if (first->first.size() == length + 1) match = {0, length + 1, first->second};
  }
  return match;
}

}  // namespace engine::tokenizer
