#include "engine/decode/utf8.h"

#include <algorithm>
#include <utility>

namespace engine::decode {
namespace {

// Bytes of the character that begins with `lead`; 0 for a byte no character begins with.
size_t character_bytes(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

size_t unfinished_utf8(std::string_view text) {
  for (size_t back = 1; back <= std::min<size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if (is_continuation(byte)) continue;
    return character_bytes(byte) > back ? back : 0;
  }
  return 0;
}

std::string Utf8Joiner::push(std::string_view bytes) {
  std::string text = std::exchange(unfinished_, {});
  text += bytes;
  const size_t whole = text.size() - unfinished_utf8(text);
  unfinished_ = text.substr(whole);
  text.resize(whole);
  return text;
}

std::string Utf8Joiner::flush() { return std::exchange(unfinished_, {}); }

}  // namespace engine::decode
