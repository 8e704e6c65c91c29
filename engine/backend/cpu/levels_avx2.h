// How the bytes of quantized weights become levels in AVX2 registers. Everything here is in an
// unnamed namespace, so that the linker keeps no copy of it for the rest of the program.
#pragma once

#include <immintrin.h>

#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {
namespace {

inline __m256i load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}
inline void store(void* to, __m256i value) {
  _mm256_storeu_si256(static_cast<__m256i*>(to), value);
}

inline float half_at(const uint8_t* from) {
  uint16_t half;
  __builtin_memcpy(&half, from, sizeof half);
  return _cvtsh_ss(half);
}

inline __m256i low_nibbles(__m256i bytes) { return _mm256_and_si256(bytes, _mm256_set1_epi8(15)); }
inline __m256i high_nibbles(__m256i bytes) { return low_nibbles(_mm256_srli_epi16(bytes, 4)); }

// 16 bytes of two levels: the low ones first.
inline __m256i spread_nibbles(const uint8_t* from) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  return low_nibbles(_mm256_set_m128i(_mm_srli_epi16(bytes, 4), bytes));
}

// All bits of byte i where bit i is set.
inline __m256i bytes_of_bits(uint32_t bits) {
  const __m256i byte_of =
      _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i bit_of = _mm256_set1_epi64x(static_cast<int64_t>(0x8040201008040201));
  const __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<int>(bits)), byte_of);
  return _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit_of), bit_of);
}

// 16 where bit i of the four bytes is set.
inline __m256i fifth_bits(const uint8_t* from) {
  uint32_t bits;
  __builtin_memcpy(&bits, from, sizeof bits);
  return _mm256_and_si256(bytes_of_bits(bits), _mm256_set1_epi8(16));
}

// The signed bytes that 32 entries of IQ4's table stand for (gguf/dequantize.h).
inline __m256i iq4_values(const uint8_t* from) {
  const __m128i table =
      _mm_setr_epi8(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), spread_nibbles(from));
}

// The levels 0 … 24 of 32 entries of MXFP4's table, which is -12 … 12.
inline __m256i mxfp4_levels(const uint8_t* from) {
  const __m128i table = _mm_setr_epi8(12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0);
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), spread_nibbles(from));
}

// 2^(e − 128) is the float with exponent e − 1; the two below are subnormal.
inline float mxfp4_scale(uint8_t e) {
  const uint32_t bits = e < 2 ? 0x00200000u << e : (e - 1u) << 23;
  float scale;
  __builtin_memcpy(&scale, &bits, sizeof scale);
  return scale;
}

inline void set_block(const Levels& to, int block, float scale, float minimum) {
  for (int part = block_parts * block; part < block_parts * (block + 1); ++part) {
    to.scales[part] = scale;
    to.minimums[part] = minimum;
  }
}

// Of block i of a span of IQ4_XS.
inline float iq4_xs_scale(const uint8_t* span, int i) {
  const int high = span[2 + i / 4] >> i % 4 * 2 & 3, low = span[4 + i / 2] >> i % 2 * 4 & 15;
  return half_at(span) * static_cast<float>((high << 4 | low) - 32);
}

// Of Q4_K and Q5_K: a scale and a minimum for each of eight blocks.
struct KScales {
  __m256 scales, minimums;
};

inline __m256 eight_bytes(uint32_t first, uint32_t second, float factor) {
  const __m128i bytes = _mm_setr_epi32(static_cast<int>(first), static_cast<int>(second), 0, 0);
  return _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes)), _mm256_set1_ps(factor));
}

// Four 6-bit numbers at once in the bytes of a word.
inline KScales k_scales(const uint8_t* span) {
  uint32_t s[3];
  __builtin_memcpy(s, span + 4, sizeof s);
  const uint32_t late_scales = (s[2] & 0x0f0f0f0f) | (s[0] >> 6 & 0x03030303) << 4;
  const uint32_t late_minimums = (s[2] >> 4 & 0x0f0f0f0f) | (s[1] >> 6 & 0x03030303) << 4;
  return {eight_bytes(s[0] & 0x3f3f3f3f, late_scales, half_at(span)),
          eight_bytes(s[1] & 0x3f3f3f3f, late_minimums, half_at(span + 2))};
}

// Of eight parts of a span of Q6_K.
inline __m256 q6_k_scales(const uint8_t* span, int first_part) {
  const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(span + 192 + first_part));
  return _mm256_mul_ps(_mm256_set1_ps(half_at(span + 208)),
                       _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)));
}

// Calls add(i, levels of block i) for the eight blocks of a span of Q6_K.
template <typename Add>
inline void q6_k_blocks(const uint8_t* span, const Add& add) {
  const __m256i top = _mm256_set1_epi8(0x30);
#pragma GCC unroll 2
  for (int half = 0; half < 2; ++half) {
    const __m256i first = load(span + 64 * half), second = load(span + 64 * half + 32);
    const __m256i high = load(span + 128 + 32 * half);
    const __m256i bits[4] = {_mm256_slli_epi16(high, 4), _mm256_slli_epi16(high, 2), high,
                             _mm256_srli_epi16(high, 2)};
    const __m256i nibbles[4] = {low_nibbles(first), low_nibbles(second), high_nibbles(first),
                                high_nibbles(second)};
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      add(4 * half + i, _mm256_or_si256(nibbles[i], _mm256_and_si256(bits[i], top)));
    }
  }
}

// levels · x in eight sums of four products.
inline __m256 dot(__m256i levels, __m256i values) {
  const __m256i pairs = _mm256_maddubs_epi16(levels, values);
  return _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

inline float sum_lanes(__m256 x) {
  __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  half = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

}  // namespace
}  // namespace engine::backend::cpu
