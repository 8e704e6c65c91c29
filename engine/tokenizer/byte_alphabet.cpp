#include "engine/tokenizer/byte_alphabet.h"

#include <array>

#include "engine/base/check.h"
#include "engine/tokenizer/unicode.h"

namespace engine::tokenizer {
namespace {

// The byte each character of the alphabet stands for; -1 for other characters.
constexpr size_t alphabet_size = 256 + 68;

std::array<int, alphabet_size> make_alphabet() {
  std::array<int, alphabet_size> bytes;
  bytes.fill(-1);
  size_t next = 256;
  for (int value = 0; value < 256; ++value) {
    const bool printable = (value >= 0x21 && value <= 0x7e) || (value >= 0xa1 && value != 0xad);
    bytes[printable ? static_cast<size_t>(value) : next++] = value;
  }
  INVARIANT(next == alphabet_size);
  return bytes;
}

}  // namespace

bool append_spelled(std::string_view text, std::string& bytes) {
  static const std::array<int, alphabet_size> alphabet = make_alphabet();
  const size_t size_before = bytes.size();
  while (!text.empty()) {
    const CodePoint character = decode_utf8(text);
    if (character.value >= alphabet_size || alphabet[character.value] < 0) {
      bytes.resize(size_before);
      return false;
    }
    bytes.push_back(static_cast<char>(alphabet[character.value]));
    text.remove_prefix(character.length);
  }
  return true;
}

}  // namespace engine::tokenizer
