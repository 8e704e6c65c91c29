// One row of weights times few tokens, straight from the bytes of the file, 64 columns to a vector.
// The levels of a span of 256 columns are four vectors, and the scales of its 16 parts another,
// which meets the activations' scales once for the span; so a further token costs five instructions
// for 64 columns, and memory is the limit up to some tokens.
#include <immintrin.h>

#include "engine/backend/cpu/few_tokens.h"
#include "engine/backend/cpu/levels_avx2.h"

namespace engine::backend::cpu {
namespace {

constexpr int vector_columns = 64;
constexpr int span_parts = span_blocks * block_parts;
constexpr __mmask32 upper_words = 0xffff0000;

// Of each part of a span.
struct PartScales {
  __m512 scales, minimums;
};

// Of blocks, for both parts of each.
__m512 twice(__m256 blocks) {
  const __m512i block = _mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
  return _mm512_permutexvar_ps(block, _mm512_castps256_ps512(blocks));
}

// 32 bytes in either half.
__m512i in_both_halves(const uint8_t* from) { return _mm512_broadcast_i64x4(load(from)); }

// The low nibbles of some words, the high ones of those in `high`.
__m512i nibbles(__m512i bytes, __mmask32 high) {
  return _mm512_and_si512(_mm512_mask_srli_epi16(bytes, high, bytes, 4), _mm512_set1_epi8(15));
}

// One byte in the lower half, another in the upper.
__m512i halves(int lower, int upper) {
  return _mm512_inserti64x4(_mm512_set1_epi8(static_cast<char>(lower)),
                            _mm256_set1_epi8(static_cast<char>(upper)), 1);
}
__m512i word_halves(int lower, int upper) {
  return _mm512_inserti64x4(_mm512_set1_epi16(static_cast<int16_t>(lower)),
                            _mm256_set1_epi16(static_cast<int16_t>(upper)), 1);
}

// The sums of T tokens, and what the minimums take away.
template <int T>
struct Sums {
  __m512 all[T], low[T];

  Sums() {
#pragma GCC unroll 4
    for (int t = 0; t < T; ++t) all[t] = low[t] = _mm512_setzero_ps();
  }
  void finish(float* const* y, int index) const {
#pragma GCC unroll 4
    for (int t = 0; t < T; ++t) {
      y[t][index] = _mm512_reduce_add_ps(_mm512_sub_ps(all[t], low[t]));
    }
  }
};

// A span, or the blocks that are left of one at the end of a row.
template <int T, bool Whole>
struct Span {
  const Row* x;
  int first_block, blocks;
  __m512 factors[T];

  inline void begin(const PartScales& weights, Sums<T>& sums) {
#pragma GCC unroll 4
    for (int t = 0; t < T; ++t) {
      const float* const scales = x[t].scales + first_block;
      const float* const parts = x[t].part_sums + first_block * block_parts;
      __m256 x_scales;
      __m512 x_sums;
      if constexpr (Whole) {
        x_scales = _mm256_loadu_ps(scales);
        x_sums = _mm512_loadu_ps(parts);
      } else {
        x_scales = _mm256_maskz_loadu_ps(static_cast<__mmask8>((1u << blocks) - 1), scales);
        x_sums = _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << 2 * blocks) - 1), parts);
      }
      factors[t] = _mm512_mul_ps(weights.scales, twice(x_scales));
      sums.low[t] = _mm512_fmadd_ps(weights.minimums, x_sums, sums.low[t]);
    }
  }

  // The levels of vector v of the span.
  inline void add(int v, __m512i levels, Sums<T>& sums) const {
    const __m512i part = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    const __m512i part_of = _mm512_add_epi32(part, _mm512_set1_epi32(4 * v));
#pragma GCC unroll 4
    for (int t = 0; t < T; ++t) {
      const int8_t* const from = x[t].quantized + first_block * block_columns + v * vector_columns;
      __m512i values;
      if (Whole || 2 * v + 2 <= blocks) {
        values = _mm512_loadu_si512(from);
      } else {
        values = _mm512_zextsi256_si512(load(from));
      }
      const __m512i dot = _mm512_dpbusd_epi32(_mm512_setzero_si512(), levels, values);
      const __m512 factor = _mm512_permutexvar_ps(part_of, factors[t]);
      sums.all[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), factor, sums.all[t]);
    }
  }
};

// --- types whose blocks of 32 have one scale, and a minimum that is a multiple of it -------------

// The low nibbles of 16 bytes and then their high ones, of two blocks.
__m512i pair_nibbles(const uint8_t* first, const uint8_t* second) {
  const auto load_16 = [](const uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  const __m512i both =
      _mm512_mask_broadcast_i32x4(_mm512_broadcast_i32x4(load_16(first)), 0xff00, load_16(second));
  return nibbles(both, 0xff00ff00);
}

struct Q4_0 {
  static constexpr int bytes = 18;
  static constexpr float minimum = 8;
  static __m512i levels(const uint8_t* first, const uint8_t* second) {
    return pair_nibbles(first + 2, second + 2);
  }
};

struct Q5_0 {
  static constexpr int bytes = 22;
  static constexpr float minimum = 16;
  static uint64_t fifth_bits(const uint8_t* block) {
    uint32_t bits;
    __builtin_memcpy(&bits, block + 2, sizeof bits);
    return bits;
  }
  static __m512i levels(const uint8_t* first, const uint8_t* second) {
    const __m512i low = pair_nibbles(first + 6, second + 6);
    const __mmask64 fifth = fifth_bits(first) | fifth_bits(second) << 32;
    return _mm512_mask_add_epi8(low, fifth, low, _mm512_set1_epi8(16));
  }
};

// The halves at the start of up to eight blocks, `stride` bytes apart.
template <int Stride, bool Whole>
inline __m256 block_scales(const uint8_t* row, int blocks) {
  const auto bits = [&](int block) {
    int16_t half;
    __builtin_memcpy(&half, row + block * Stride, sizeof half);
    return half;
  };
  if constexpr (Whole) {
    return _mm256_cvtph_ps(
        _mm_setr_epi16(bits(0), bits(1), bits(2), bits(3), bits(4), bits(5), bits(6), bits(7)));
  }
  alignas(16) int16_t some[span_blocks] = {};
  for (int block = 0; block < blocks; ++block) some[block] = bits(block);
  return _mm256_cvtph_ps(_mm_load_si128(reinterpret_cast<const __m128i*>(some)));
}

template <typename Type>
struct Blocks {
  template <int T, bool Whole>
  static inline void add_span(const uint8_t* row, int first, int blocks, const Row* x,
                              Sums<T>& sums) {
    const __m512 scales = twice(block_scales<Type::bytes, Whole>(row, blocks));
    Span<T, Whole> span{x, first, blocks, {}};
    span.begin({scales, _mm512_mul_ps(scales, _mm512_set1_ps(Type::minimum))}, sums);
#pragma GCC unroll 4
    for (int v = 0; 2 * v < (Whole ? span_blocks : blocks); ++v) {
      const uint8_t* const block = row + 2 * v * Type::bytes;
      const bool is_last = !Whole && 2 * v + 1 == blocks;  // then it stands for both
      span.add(v, Type::levels(block, is_last ? block : block + Type::bytes), sums);
    }
  }

  template <int T>
  static void run(const uint8_t* row, int columns, const Row* x, float* const* y, int index) {
    Sums<T> sums;
    const int blocks = columns / block_columns;
    int first = 0;
    for (; first + span_blocks <= blocks; first += span_blocks) {
      add_span<T, true>(row + first * Type::bytes, first, span_blocks, x, sums);
    }
    if (first < blocks) {
      add_span<T, false>(row + first * Type::bytes, first, blocks - first, x, sums);
    }
    sums.finish(y, index);
  }
};

// --- types in spans of 256 columns ---------------------------------------------------------------

struct Q4K {
  static constexpr int bytes = 144;
  static PartScales scales(const uint8_t* span) {
    const KScales scales = k_scales(span);
    return {twice(scales.scales), twice(scales.minimums)};
  }
  static __m512i levels(const uint8_t* span, int v) {
    return nibbles(in_both_halves(span + 16 + 32 * v), upper_words);
  }
};

struct Q5K {
  static constexpr int bytes = 176;
  static PartScales scales(const uint8_t* span) { return Q4K::scales(span); }
  static __m512i levels(const uint8_t* span, int v) {
    const __m512i low = nibbles(in_both_halves(span + 48 + 32 * v), upper_words);
    const __mmask64 fifth =
        _mm512_test_epi8_mask(in_both_halves(span + 16), halves(1 << 2 * v, 2 << 2 * v));
    return _mm512_mask_add_epi8(low, fifth, low, _mm512_set1_epi8(16));
  }
};

struct Q6K {
  static constexpr int bytes = 210;
  static PartScales scales(const uint8_t* span) {
    const __m128i bytes_of_parts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(span + 192));
    const __m512 parts = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes_of_parts));
    const __m512 scales = _mm512_mul_ps(parts, _mm512_set1_ps(half_at(span + 208)));
    return {scales, _mm512_mul_ps(scales, _mm512_set1_ps(32))};
  }
  static __m512i levels(const uint8_t* span, int v) {
    const __m512i both = _mm512_loadu_si512(span + 64 * (v / 2));
    const __m512i high = in_both_halves(span + 128 + 32 * (v / 2));
    const __m512i shifted = v % 2 == 0 ? _mm512_sllv_epi16(high, word_halves(4, 2))
                                       : _mm512_srlv_epi16(high, word_halves(0, 2));
    return _mm512_or_si512(nibbles(both, v % 2 == 0 ? 0 : ~__mmask32{0}),
                           _mm512_and_si512(shifted, _mm512_set1_epi8(0x30)));
  }
};

template <typename Type>
struct Spans {
  template <int T>
  static void run(const uint8_t* row, int columns, const Row* x, float* const* y, int index) {
    Sums<T> sums;
    for (int first = 0; first < columns / block_columns; first += span_blocks, row += Type::bytes) {
      Span<T, true> span{x, first, span_blocks, {}};
      span.begin(Type::scales(row), sums);
#pragma GCC unroll 4
      for (int v = 0; v < span_columns / vector_columns; ++v) {
        span.add(v, Type::levels(row, v), sums);
      }
    }
    sums.finish(y, index);
  }
};

}  // namespace

extern const FewTokens few_tokens_avx512 = {.q4_0 = multiply_tokens<Blocks<Q4_0>>,
                                            .q5_0 = multiply_tokens<Blocks<Q5_0>>,
                                            .q4_k = multiply_tokens<Spans<Q4K>>,
                                            .q5_k = multiply_tokens<Spans<Q5K>>,
                                            .q6_k = multiply_tokens<Spans<Q6K>>};

}  // namespace engine::backend::cpu
