#include "engine/base/format.h"

namespace engine::base {

std::string in_quotes(std::string_view name) {
  constexpr size_t longest_shown = 80;
  constexpr char digits[] = "0123456789abcdef";
  std::string shown = "'";
  for (const char letter : name.substr(0, longest_shown)) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte >= 0x20 && byte < 0x7f) {
      shown += letter;
    } else {
      shown += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
  }
  if (name.size() > longest_shown) shown += "…";
  return shown + "'";
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if ('A' <= letter && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

}  // namespace engine::base
