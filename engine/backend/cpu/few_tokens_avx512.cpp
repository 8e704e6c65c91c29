// Rows of weights times few tokens, straight from the bytes of the file. A vector is a quad of each
// of a span's 16 parts; a further token costs eight instructions for 256 columns, so that memory is
// the limit up to some tokens.
#include <immintrin.h>

#include "engine/backend/cpu/few_tokens.h"
#include "engine/backend/cpu/levels_avx2.h"

namespace engine::backend::cpu {
namespace {

// Of one row, with a scale and a minimum for each part.
struct WeightSpan {
  __m512i levels[span_quads];
  __m512 scales, minimums;
};

struct Vector {
  using Register = __m512;
  static Register zeros() { return _mm512_setzero_ps(); }

  // The sums over the lanes of four vectors.
  static void sum_four(const Register (&x)[4], float* to) {
    const auto pairs = [](__m512 a, __m512 b) {
      return _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    };
    const __m512d first = _mm512_castps_pd(pairs(x[0], x[1]));
    const __m512d second = _mm512_castps_pd(pairs(x[2], x[3]));
    const __m512 fours = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(first, second)),
                                       _mm512_castpd_ps(_mm512_unpackhi_pd(first, second)));
    const __m256 eights =
        _mm256_add_ps(_mm512_castps512_ps256(fours), _mm512_extractf32x8_ps(fours, 1));
    _mm_storeu_ps(to, _mm_add_ps(_mm256_castps256_ps128(eights), _mm256_extractf128_ps(eights, 1)));
  }
};

// Type::unpack gives a span of a row.
template <typename Type>
struct Of {
  using Vector = cpu::Vector;
  static constexpr int span_bytes = Type::span_bytes;

  template <bool Whole, int T>
  static inline void add(const uint8_t* row, int blocks, const Row* x, int index,
                         __m512 (&sums)[T]) {
    const WeightSpan weights = Type::template unpack<Whole>(row, blocks);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      const RowSpan& span = x[t].spans[index];
      __m512i dot = _mm512_setzero_si512();
#pragma GCC unroll 4
      for (int q = 0; q < span_quads; ++q) {
        dot = _mm512_dpbusd_epi32(dot, weights.levels[q], _mm512_load_si512(span.values[q]));
      }
      const __m512 factor = _mm512_mul_ps(weights.scales, _mm512_load_ps(span.scales));
      sums[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), factor, sums[t]);
      sums[t] = _mm512_fnmadd_ps(weights.minimums, _mm512_load_ps(span.sums), sums[t]);
    }
  }
};

// Both parts of each block.
__m512i blocks_twice() { return _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7); }
__m512 twice(__m256 blocks) {
  return _mm512_permutexvar_ps(blocks_twice(), _mm512_castps256_ps512(blocks));
}

// 32 words of four bytes: the low and high nibbles of 256 columns, or eight blocks' 16 bytes.
struct Words {
  __m512i first, second;
  __m512i at(__m512i index) const { return _mm512_permutex2var_epi32(first, index, second); }
};

// The low nibbles of some words, the high ones of those in `high`.
__m512i nibbles(__m512i words, __mmask16 high) {
  return _mm512_and_si512(_mm512_mask_srli_epi32(words, high, words, 4), _mm512_set1_epi8(15));
}

// Bytes repeated in each lane of 32 bits.
__m512i in_lanes(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  return _mm512_set1_epi32(
      static_cast<int>(uint32_t{a} | uint32_t{b} << 8 | uint32_t{c} << 16 | uint32_t{d} << 24));
}

// --- types whose blocks of 32 have one scale, and a minimum that is a multiple of it -------------

// Eight blocks from `row` on, of which `count` are there; the last stands for those that are not,
// which meet nothing but zeros.
template <int Bytes, bool Whole>
struct BlockBytes {
  const uint8_t* row;
  int count;

  const uint8_t* block(int i) const { return row + (Whole || i < count ? i : count - 1) * Bytes; }

  // 16 bytes of each.
  Words words(int offset) const { return {four(0, offset), four(4, offset)}; }
  __m512i four(int first, int offset) const {
    const auto load_16 = [&](int i) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(block(first + i) + offset));
    };
    __m512i all = _mm512_broadcast_i32x4(load_16(0));
    all = _mm512_mask_broadcast_i32x4(all, 0x00f0, load_16(1));
    all = _mm512_mask_broadcast_i32x4(all, 0x0f00, load_16(2));
    return _mm512_mask_broadcast_i32x4(all, 0xf000, load_16(3));
  }
  // The halves they begin with.
  __m512 scales() const {
    const auto half = [&](int i) {
      int16_t bits;
      __builtin_memcpy(&bits, block(i), sizeof bits);
      return bits;
    };
    return twice(_mm256_cvtph_ps(
        _mm_setr_epi16(half(0), half(1), half(2), half(3), half(4), half(5), half(6), half(7))));
  }
};

// Word q of each block's nibbles, for both of its parts: the low nibbles, then the high ones.
__m512i block_words(int q) {
  return _mm512_setr_epi32(q, q, q + 4, q + 4, q + 8, q + 8, q + 12, q + 12, q + 16, q + 16, q + 20,
                           q + 20, q + 24, q + 24, q + 28, q + 28);
}
constexpr __mmask16 second_parts = 0xaaaa;

struct Q4_0 {
  static constexpr int bytes = 18;
  static constexpr float minimum = 8;
  template <typename Blocks>
  static void unpack(const Blocks& blocks, __m512i (&levels)[span_quads]) {
    const Words all = blocks.words(2);
#pragma GCC unroll 4
    for (int q = 0; q < span_quads; ++q) {
      levels[q] = nibbles(all.at(block_words(q)), second_parts);
    }
  }
};

struct Q5_0 {
  static constexpr int bytes = 22;
  static constexpr float minimum = 16;
  template <typename Blocks>
  static void unpack(const Blocks& blocks, __m512i (&levels)[span_quads]) {
    const Words all = blocks.words(6);
    // 32 bits of each block; those of quad q of a part are four in a row.
    const __m512i fifths = blocks.words(2).at(block_words(0));
#pragma GCC unroll 4
    for (int q = 0; q < span_quads; ++q) {
      const int at = q / 2 * 0x01010101;
      const __m512i byte = _mm512_set4_epi32(0x0e0e0e0e + at, 0x08080808 + at, 0x06060606 + at, at);
      const __m512i bits = q % 2 == 0 ? in_lanes(1, 2, 4, 8) : in_lanes(16, 32, 64, 128);
      const __mmask64 fifth = _mm512_test_epi8_mask(_mm512_shuffle_epi8(fifths, byte), bits);
      const __m512i low = nibbles(all.at(block_words(q)), second_parts);
      levels[q] = _mm512_mask_add_epi8(low, fifth, low, _mm512_set1_epi8(16));
    }
  }
};

template <typename Type>
struct Blocks {
  static constexpr int span_bytes = span_blocks * Type::bytes;
  template <bool Whole>
  static WeightSpan unpack(const uint8_t* row, int count) {
    const BlockBytes<Type::bytes, Whole> blocks{row, count};
    WeightSpan span;
    Type::unpack(blocks, span.levels);
    span.scales = blocks.scales();
    span.minimums = _mm512_mul_ps(span.scales, _mm512_set1_ps(Type::minimum));
    return span;
  }
};

// --- types in spans of 256 columns ---------------------------------------------------------------

// Quad q of each part of a span whose blocks lie two by two in 32 bytes: the low nibbles of these
// are one, the high ones the other.
__m512i pair_words(int q) {
  return _mm512_setr_epi32(q, q + 4, q, q + 4, q + 8, q + 12, q + 8, q + 12, q + 16, q + 20, q + 16,
                           q + 20, q + 24, q + 28, q + 24, q + 28);
}
constexpr __mmask16 second_blocks = 0xcccc;

Words words_at(const uint8_t* from) {
  return {_mm512_loadu_si512(from), _mm512_loadu_si512(from + 64)};
}

void set_scales(const uint8_t* row, WeightSpan& span) {
  const KScales scales = k_scales(row);
  span.scales = twice(scales.scales);
  span.minimums = twice(scales.minimums);
}

struct Q4K {
  static constexpr int span_bytes = 144;
  template <bool>
  static WeightSpan unpack(const uint8_t* row, int) {
    WeightSpan span;
    set_scales(row, span);
    const Words all = words_at(row + 16);
#pragma GCC unroll 4
    for (int q = 0; q < span_quads; ++q) {
      span.levels[q] = nibbles(all.at(pair_words(q)), second_blocks);
    }
    return span;
  }
};

struct Q5K {
  static constexpr int span_bytes = 176;
  template <bool>
  static WeightSpan unpack(const uint8_t* row, int) {
    WeightSpan span;
    set_scales(row, span);
    const Words all = words_at(row + 48);
    // Bit b of byte c belongs to column c of block b.
    const __m512i fifths = _mm512_castsi256_si512(load(row + 16));
    const __m512i bits =
        _mm512_setr_epi32(0x01010101, 0x01010101, 0x02020202, 0x02020202, 0x04040404, 0x04040404,
                          0x08080808, 0x08080808, 0x10101010, 0x10101010, 0x20202020, 0x20202020,
                          0x40404040, 0x40404040, -0x7f7f7f80, -0x7f7f7f80);
#pragma GCC unroll 4
    for (int q = 0; q < span_quads; ++q) {
      const __m512i word = _mm512_setr_epi32(q, q + 4, q, q + 4, q, q + 4, q, q + 4, q, q + 4, q,
                                             q + 4, q, q + 4, q, q + 4);
      const __mmask64 fifth = _mm512_test_epi8_mask(_mm512_permutexvar_epi32(word, fifths), bits);
      const __m512i low = nibbles(all.at(pair_words(q)), second_blocks);
      span.levels[q] = _mm512_mask_add_epi8(low, fifth, low, _mm512_set1_epi8(16));
    }
    return span;
  }
};

// A half of the span, 128 columns, has its low four bits in 64 bytes: parts 0 … 3 in the low
// nibbles, 4 … 7 in the high ones; and its two high bits in 32: of parts 0 and 1 the lowest two
// bits, and so on.
struct Q6K {
  static constexpr int span_bytes = 210;
  template <bool>
  static WeightSpan unpack(const uint8_t* row, int) {
    const __m128i bytes_of_parts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + 192));
    const __m512 parts = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes_of_parts));
    WeightSpan span;
    span.scales = _mm512_mul_ps(parts, _mm512_set1_ps(half_at(row + 208)));
    span.minimums = _mm512_mul_ps(span.scales, _mm512_set1_ps(32));
    const Words all = words_at(row);
    const __m512i tops = _mm512_loadu_si512(row + 128);
    const __m512i shifts = _mm512_setr_epi32(0, 0, 2, 2, 4, 4, 6, 6, 0, 0, 2, 2, 4, 4, 6, 6);
#pragma GCC unroll 4
    for (int q = 0; q < span_quads; ++q) {
      const __m512i word =
          _mm512_setr_epi32(q, q + 4, q + 8, q + 12, q, q + 4, q + 8, q + 12, q + 16, q + 20,
                            q + 24, q + 28, q + 16, q + 20, q + 24, q + 28);
      const __m512i top_word =
          _mm512_setr_epi32(q, q + 4, q, q + 4, q, q + 4, q, q + 4, q + 8, q + 12, q + 8, q + 12,
                            q + 8, q + 12, q + 8, q + 12);
      const __m512i low = nibbles(all.at(word), 0xf0f0);
      const __m512i top = _mm512_permutexvar_epi32(top_word, tops);
      const __m512i high = _mm512_and_si512(_mm512_srlv_epi32(top, shifts), _mm512_set1_epi8(3));
      span.levels[q] = _mm512_or_si512(low, _mm512_slli_epi32(high, 4));
    }
    return span;
  }
};

}  // namespace

extern const FewTokens few_tokens_avx512 = {.q4_0 = multiply_tokens<Spans<Of<Blocks<Q4_0>>>>,
                                            .q5_0 = multiply_tokens<Spans<Of<Blocks<Q5_0>>>>,
                                            .q4_k = multiply_tokens<Spans<Of<Q4K>>>,
                                            .q5_k = multiply_tokens<Spans<Of<Q5K>>>,
                                            .q6_k = multiply_tokens<Spans<Of<Q6K>>>,
                                            .arrange = arrange};

}  // namespace engine::backend::cpu
