#include "engine/session/prefix_key.h"

#include "engine/base/checksum.h"

namespace engine::session {
namespace {

uint64_t scramble(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

PrefixKey empty_prefix(std::string_view identity) {
  const uint64_t sum = base::checksum_of(std::as_bytes(std::span(identity)));
  return {scramble(sum ^ identity.size()), scramble(sum + 0x9e3779b97f4a7c15)};
}

// Two hashes of different make: 128 bits keep any two texts of a lifetime apart.
PrefixKey extend_prefix(PrefixKey text, std::span<const tokenizer::Token> block) {
  for (const tokenizer::Token token : block) {
    text[0] = scramble(text[0] + static_cast<uint32_t>(token) + 0x9e3779b97f4a7c15);
    text[1] = scramble((text[1] ^ static_cast<uint32_t>(token)) * 0xd1b54a32d192ed03 + 1);
  }
  return text;
}

}  // namespace engine::session
