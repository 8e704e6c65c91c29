#include "engine/base/checksum.h"

#include <bit>
#include <cstring>

namespace engine::base {

uint64_t checksum_of(std::span<const std::byte> bytes) {
  uint64_t sum = 0xCBF29CE484222325ull;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    sum = std::rotl((sum ^ word) * 0x9E3779B97F4A7C15ull, 29);
  }
  for (; i < bytes.size(); ++i) {
    sum = std::rotl((sum ^ static_cast<uint64_t>(bytes[i])) * 0x9E3779B97F4A7C15ull, 29);
  }
  return sum;
}

}  // namespace engine::base
