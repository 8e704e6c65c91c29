#include "engine/decode/lookup.h"

#include <algorithm>

namespace engine::decode {

Occurrence last_occurrence(std::span<const Token> text) {
  Occurrence best;
  for (size_t next = text.size(); next-- > 1 && best.length < longest_match;) {
    const size_t most = std::min(next, longest_match);
    size_t length = 0;
    while (length < most && text[next - 1 - length] == text[text.size() - 1 - length]) ++length;
    if (length > best.length) best = {next, length};
  }
  return best;
}

}  // namespace engine::decode
