// Blocks of 256 values in parts of 16 or 32, each with a short scale (and minimum) of its own.
#include <algorithm>
#include <cmath>

#include "engine/gguf/half.h"
#include "engine/gguf/quantize_block.h"

namespace engine::gguf {
namespace {

constexpr int block_values = 256;
constexpr int most_parts = 16;

// Parts as scale · level − minimum, both of them whole multiples of a half for the block.
struct Ranged {
  float d, d_min;
  int scales[most_parts], minimums[most_parts];
  int levels[block_values];
};

Ranged ranged(const float* values, int part_values, int most_level, int most_scale) {
  Ranged result{};
  const int parts = block_values / part_values;
  float scales[most_parts], minimums[most_parts], greatest_scale = 0, greatest_minimum = 0;
  for (int part = 0; part < parts; ++part) {
    float least = 0, most = 0;
    for (int i = part * part_values; i < (part + 1) * part_values; ++i) {
      least = values[i] < least ? values[i] : least;
      most = values[i] > most ? values[i] : most;
    }
    scales[part] = (most - least) / static_cast<float>(most_level);
    minimums[part] = -least;
    greatest_scale = std::max(greatest_scale, scales[part]);
    greatest_minimum = std::max(greatest_minimum, minimums[part]);
  }
  result.d = half_to_float(float_to_half(greatest_scale / static_cast<float>(most_scale)));
  result.d_min = half_to_float(float_to_half(greatest_minimum / static_cast<float>(most_scale)));
  const float d_inverse = inverse_of(result.d), d_min_inverse = inverse_of(result.d_min);
  for (int part = 0; part < parts; ++part) {
    const int scale = nearest_level(scales[part] * d_inverse, 0, most_scale);
    const int minimum = nearest_level(minimums[part] * d_min_inverse, 0, most_scale);
    result.scales[part] = scale;
    result.minimums[part] = minimum;
    const float offset = result.d_min * static_cast<float>(minimum);
    const float inverse = inverse_of(result.d * static_cast<float>(scale));
    for (int i = part * part_values; i < (part + 1) * part_values; ++i) {
      result.levels[i] = nearest_level((values[i] + offset) * inverse, 0, most_level);
    }
  }
  return result;
}

// Parts of 16 as scale · level, levels and scales from −zero to zero − 1.
struct Symmetric {
  float d;
  int scales[most_parts];
  int levels[block_values];  // from 0: a level plus its zero
};

Symmetric symmetric(const float* values, int zero_level, int zero_scale) {
  constexpr int part_values = 16;
  Symmetric result{};
  float scales[most_parts];
  for (int part = 0; part < most_parts; ++part) {
    scales[part] = farthest_from_zero(values + part * part_values, part_values) /
                   static_cast<float>(-zero_level);
  }
  const float farthest = farthest_from_zero(scales, most_parts);
  result.d = half_to_float(float_to_half(farthest / static_cast<float>(-zero_scale)));
  const float d_inverse = inverse_of(result.d);
  for (int part = 0; part < most_parts; ++part) {
    const int scale = nearest_level(scales[part] * d_inverse, -zero_scale, zero_scale - 1);
    result.scales[part] = scale;
    const float inverse = inverse_of(result.d * static_cast<float>(scale));
    for (int i = part * part_values; i < (part + 1) * part_values; ++i) {
      result.levels[i] =
          nearest_level(values[i] * inverse, -zero_level, zero_level - 1) + zero_level;
    }
  }
  return result;
}

void write_half(uint8_t* to, float value) { write(to, float_to_half(value)); }

// Eight 6-bit scales and minimums in 12 bytes.
void write_scales(const Ranged& block, uint8_t* s) {
  for (int part = 0; part < 4; ++part) {
    const int late = part + 4;
    s[part] = static_cast<uint8_t>(block.scales[part] | block.scales[late] >> 4 << 6);
    s[part + 4] = static_cast<uint8_t>(block.minimums[part] | block.minimums[late] >> 4 << 6);
    s[part + 8] =
        static_cast<uint8_t>((block.scales[late] & 15) | (block.minimums[late] & 15) << 4);
  }
}

void write_low_nibbles(const int* levels, uint8_t* to) {
  for (int i = 0; i < 128; ++i) {
    const int first = i / 32 * 64 + i % 32;
    to[i] = static_cast<uint8_t>((levels[first] & 15) | (levels[first + 32] & 15) << 4);
  }
}

// The two low bits of four levels, 32 places apart, in each byte.
void write_pairs_of_bits(const int* levels, uint8_t* to) {
  for (int i = 0; i < 64; ++i) {
    const int* const first = levels + i / 32 * 128 + i % 32;
    to[i] = static_cast<uint8_t>((first[0] & 3) | (first[32] & 3) << 2 | (first[64] & 3) << 4 |
                                 (first[96] & 3) << 6);
  }
}

// One bit of eight levels, 32 places apart, in each byte.
void write_bits(const int* levels, int bit, uint8_t* to) {
  for (int i = 0; i < 32; ++i) {
    int byte = 0;
    for (int part = 0; part < 8; ++part) byte |= (levels[part * 32 + i] >> bit & 1) << part;
    to[i] = static_cast<uint8_t>(byte);
  }
}

}  // namespace

void quantize_q2_k(const float* values, uint8_t* block) {
  const Ranged parts = ranged(values, 16, 3, 15);
  for (int part = 0; part < 16; ++part) {
    block[part] = static_cast<uint8_t>(parts.scales[part] | parts.minimums[part] << 4);
  }
  write_pairs_of_bits(parts.levels, block + 16);
  write_half(block + 80, parts.d);
  write_half(block + 82, parts.d_min);
}

void quantize_q3_k(const float* values, uint8_t* block) {
  const Symmetric parts = symmetric(values, 4, 32);
  write_bits(parts.levels, 2, block);
  write_pairs_of_bits(parts.levels, block + 32);
  uint8_t* const scales = block + 96;
  std::memset(scales, 0, 12);
  for (int part = 0; part < 16; ++part) {
    const int scale = parts.scales[part] + 32;
    scales[part % 8] = static_cast<uint8_t>(scales[part % 8] | (scale & 15) << part / 8 * 4);
    scales[8 + part % 4] = static_cast<uint8_t>(scales[8 + part % 4] | scale >> 4 << part / 4 * 2);
  }
  write_half(block + 108, parts.d);
}

void quantize_q4_k(const float* values, uint8_t* block) {
  const Ranged parts = ranged(values, 32, 15, 63);
  write_half(block, parts.d);
  write_half(block + 2, parts.d_min);
  write_scales(parts, block + 4);
  write_low_nibbles(parts.levels, block + 16);
}

void quantize_q5_k(const float* values, uint8_t* block) {
  const Ranged parts = ranged(values, 32, 31, 63);
  write_half(block, parts.d);
  write_half(block + 2, parts.d_min);
  write_scales(parts, block + 4);
  write_bits(parts.levels, 4, block + 16);
  write_low_nibbles(parts.levels, block + 48);
}

void quantize_q6_k(const float* values, uint8_t* block) {
  const Symmetric parts = symmetric(values, 32, 128);
  int high[block_values];
  for (int i = 0; i < block_values; ++i) high[i] = parts.levels[i] >> 4;
  for (int i = 0; i < 128; ++i) {
    // Low nibbles of values 64 places apart share a byte.
    const int* const first = parts.levels + i / 64 * 128 + i % 64;
    block[i] = static_cast<uint8_t>((first[0] & 15) | (first[64] & 15) << 4);
  }
  write_pairs_of_bits(high, block + 128);
  for (int part = 0; part < 16; ++part) {
    block[192 + part] = static_cast<uint8_t>(static_cast<int8_t>(parts.scales[part]));
  }
  write_half(block + 208, parts.d);
}

}  // namespace engine::gguf
