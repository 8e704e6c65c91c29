#include "lsp/text/utf8.h"

#include <cstdint>
#include <cstring>

namespace lsp::text {
namespace {

// 0 where no well-formed character begins. Table 3-7 of the Unicode standard: the second byte's
// range depends on the first, all later ones are 80..BF.
size_t well_formed_bytes(std::string_view text, size_t offset) {
  const auto byte = [&](size_t i) -> uint8_t {
    return offset + i < text.size() ? static_cast<uint8_t>(text[offset + i]) : 0;
  };
  const auto within = [](uint8_t value, uint8_t low, uint8_t high) {
    return value >= low && value <= high;
  };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (within(first, 0xC2, 0xDF)) return within(byte(1), 0x80, 0xBF) ? 2 : 0;
  if (within(first, 0xE0, 0xEF)) {
    const uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
    const uint8_t high = first == 0xED ? 0x9F : 0xBF;
    return within(byte(1), low, high) && within(byte(2), 0x80, 0xBF) ? 3 : 0;
  }
  if (within(first, 0xF0, 0xF4)) {
    const uint8_t low = first == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
    const bool rest = within(byte(2), 0x80, 0xBF) && within(byte(3), 0x80, 0xBF);
    return within(byte(1), low, high) && rest ? 4 : 0;
  }
  return 0;
}

}  // namespace

size_t character_bytes(std::string_view text, size_t offset) {
  const size_t bytes = well_formed_bytes(text, offset);
  return bytes == 0 ? 1 : bytes;
}

size_t character_start(std::string_view text, size_t offset) {
  if (offset >= text.size()) return text.size();
  // A lead byte is never a continuation byte, so a well-formed character found by looking back is
  // the one a scan from the beginning would find.
  for (size_t back = 1; back <= 3 && back <= offset; ++back) {
    if (character_bytes(text, offset - back) > back) return offset - back;
  }
  return offset;
}

size_t whole_characters(std::string_view text) {
  for (size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<uint8_t>(text[text.size() - back]);
    if (byte < 0x80 || byte > 0xF4) break;
    if (byte < 0xC0) continue;
    const size_t bytes = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    return bytes > back ? text.size() - back : text.size();
  }
  return text.size();
}

std::string shortened(std::string_view text, size_t most_bytes) {
  if (text.size() <= most_bytes) return std::string(text);
  return std::string(text.substr(0, character_start(text, most_bytes))) + "…";
}

size_t ascii_end(std::string_view text, size_t offset) {
  constexpr uint64_t high_bits = 0x8080808080808080;
  for (uint64_t word; offset + sizeof word <= text.size(); offset += sizeof word) {
    std::memcpy(&word, text.data() + offset, sizeof word);
    if ((word & high_bits) != 0) break;
  }
  while (offset < text.size() && static_cast<uint8_t>(text[offset]) < 0x80) ++offset;
  return offset;
}

size_t first_invalid(std::string_view text, size_t offset) {
  for (offset = ascii_end(text, offset); offset < text.size(); offset = ascii_end(text, offset)) {
    const size_t bytes = well_formed_bytes(text, offset);
    if (bytes == 0) return offset;
    offset += bytes;
  }
  return std::string_view::npos;
}

}  // namespace lsp::text
