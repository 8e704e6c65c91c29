// What the types in grid_units.h share.
#pragma once

#include "engine/gguf/grid_tables.h"

namespace engine::gguf {
namespace {

struct GridUnit {
  uint64_t bytes[4];  // of eight values each
  uint32_t negative;  // bit i: value i
  uint8_t scales[2];  // of 16 values each; odd
};

// Of value i.
template <typename Type>
int level_at(const GridUnit& unit, int i) {
  const int byte = unit.bytes[i / 8] >> i % 8 * 8 & 255;
  return unit.negative >> i & 1 ? Type::base - byte : Type::base + byte;
}

inline uint32_t word_at(const uint8_t* from) {
  uint32_t word;
  __builtin_memcpy(&word, from, sizeof word);
  return word;
}

inline uint32_t u16_at(const uint8_t* from) {
  return from[0] | static_cast<uint32_t>(from[1]) << 8;
}

// Signs of four times eight values from seven bits each: their number is even.
inline uint32_t even_signs(uint32_t packed) {
  const uint32_t seven = (packed & 0x7f) | (packed & 0x3f80) << 1 | (packed & 0x1fc000) << 2 |
                         (packed & 0xfe00000) << 3;
  uint32_t parity = seven ^ seven >> 4;
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return seven | (parity & 0x01010101) << 7;
}

inline uint8_t odd_scale(uint32_t bits) { return static_cast<uint8_t>(2 * bits + 1); }

inline uint64_t two_points(uint32_t first, uint32_t second) {
  return first | static_cast<uint64_t>(second) << 32;
}

// What all but IQ1_M begin with.
struct DFirst {
  static uint16_t d(const uint8_t* block) { return static_cast<uint16_t>(u16_at(block)); }
};

}  // namespace
}  // namespace engine::gguf
