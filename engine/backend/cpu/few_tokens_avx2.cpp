// Rows of weights times few tokens, straight from the bytes of the file: a step of one token reads
// every weight once, so that unpacking into memory and reading it again would cost more than the
// product. A vector is a quad of each of the eight parts of half a span.
#include "engine/backend/cpu/few_tokens.h"
#include "engine/backend/cpu/levels_avx2.h"

namespace engine::backend::cpu {
namespace {

constexpr int half_parts = span_parts / 2;
constexpr int half_blocks = span_blocks / 2;

// Of one row, with a scale and a minimum for each part.
struct WeightHalf {
  __m256i levels[span_quads];
  __m256 scales, minimums;
};

struct Vector {
  using Register = __m256;
  static Register zeros() { return _mm256_setzero_ps(); }

  // The sums over the lanes of four vectors.
  static void sum_four(const Register (&x)[4], float* to) {
    const __m256 pairs[2] = {_mm256_hadd_ps(x[0], x[1]), _mm256_hadd_ps(x[2], x[3])};
    const __m256 fours = _mm256_hadd_ps(pairs[0], pairs[1]);
    _mm_storeu_ps(to, _mm_add_ps(_mm256_castps256_ps128(fours), _mm256_extractf128_ps(fours, 1)));
  }
};

// Sums of two products of 16-bit sums, in 32 bits.
inline __m256i add_pairs(__m256i sums) { return _mm256_madd_epi16(sums, _mm256_set1_epi16(1)); }

// Type::unpack gives half a span of a row. Two products of a level up to 31 and a value within ±127
// are within ±7,874, so that four such sums fit in 16 bits; of levels up to 63 two.
template <typename Type>
struct Of {
  using Vector = cpu::Vector;
  static constexpr int span_bytes = Type::span_bytes;

  static inline __m256i dot(const WeightHalf& weights, const RowSpan& span, int half) {
    __m256i sums[2];
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
      const auto product = [&](int q) {
        return _mm256_maddubs_epi16(weights.levels[q], load(span.values[q][half * half_parts]));
      };
      sums[i] = _mm256_add_epi16(product(2 * i), product(2 * i + 1));
    }
    if constexpr (Type::most_level <= 31) return add_pairs(_mm256_add_epi16(sums[0], sums[1]));
    return _mm256_add_epi32(add_pairs(sums[0]), add_pairs(sums[1]));
  }

  template <bool Whole, int T>
  static inline void add(const uint8_t* row, int blocks, const Row* x, int index,
                         __m256 (&sums)[T]) {
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      if (!Whole && blocks <= half * half_blocks) return;
      const WeightHalf weights = Type::template unpack<Whole>(row, half, blocks);
#pragma GCC unroll 8
      for (int t = 0; t < T; ++t) {
        const RowSpan& span = x[t].spans[index];
        const __m256 scales = _mm256_load_ps(span.scales + half * half_parts);
        const __m256 value_sums = _mm256_load_ps(span.sums + half * half_parts);
        const __m256 products = _mm256_cvtepi32_ps(dot(weights, span, half));
        sums[t] = _mm256_fmadd_ps(products, _mm256_mul_ps(weights.scales, scales), sums[t]);
        sums[t] = _mm256_fnmadd_ps(weights.minimums, value_sums, sums[t]);
      }
    }
  }
};

// 16 bytes in either half.
inline __m256i load_two(const uint8_t* first, const uint8_t* second) {
  const auto load_16 = [](const uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  return _mm256_inserti128_si256(_mm256_castsi128_si256(load_16(first)), load_16(second), 1);
}

// Word q of each of two vectors' halves: first, second, first, second or, as the nibbles of blocks
// of 32 lie, first, first, second, second.
enum class Order { alternating, twice };
template <Order Which>
inline void interleave_words(__m256i first, __m256i second, __m256i (&quads)[span_quads]) {
  constexpr int low = Which == Order::alternating ? 0x44 : 0x50;
  constexpr int high = Which == Order::alternating ? 0xee : 0xfa;
  const __m256i early = _mm256_unpacklo_epi32(first, second);
  const __m256i late = _mm256_unpackhi_epi32(first, second);
  quads[0] = _mm256_shuffle_epi32(early, low);
  quads[1] = _mm256_shuffle_epi32(early, high);
  quads[2] = _mm256_shuffle_epi32(late, low);
  quads[3] = _mm256_shuffle_epi32(late, high);
}

// What is left of each word's bytes, moved by its own number of bits.
inline __m256i bits_of(__m256i words, __m256i shifts, int mask) {
  return _mm256_and_si256(_mm256_srlv_epi32(words, shifts),
                          _mm256_set1_epi8(static_cast<char>(mask)));
}

// 16 in those bytes of which a bit is set.
inline __m256i sixteen_where(__m256i bytes, __m256i bits) {
  return _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_and_si256(bytes, bits), bits),
                          _mm256_set1_epi8(16));
}

// Of eight parts, two to a block of four.
inline __m256 twice(__m128 blocks) {
  return _mm256_permutevar8x32_ps(_mm256_castps128_ps256(blocks),
                                  _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3));
}

// --- types whose blocks of 32 have one scale, and a minimum that is a multiple of it -------------

// Four blocks, of which `count` are there; the last stands for those that are not, which meet
// nothing but zeros.
template <int Bytes, bool Whole>
struct BlockBytes {
  const uint8_t* first;
  int count;

  const uint8_t* operator[](int i) const {
    return first + (Whole || i < count ? i : count - 1) * Bytes;
  }
  void words(int offset, __m256i (&quads)[span_quads]) const {
    const BlockBytes& block = *this;
    interleave_words<Order::twice>(load_two(block[0] + offset, block[2] + offset),
                                   load_two(block[1] + offset, block[3] + offset), quads);
  }
  __m256 scales() const {
    const auto half = [&](int i) {
      int16_t bits;
      __builtin_memcpy(&bits, (*this)[i], sizeof bits);
      return bits;
    };
    return twice(_mm_cvtph_ps(_mm_setr_epi16(half(0), half(1), half(2), half(3), 0, 0, 0, 0)));
  }
};

// The low nibbles are a block's first part, the high ones its second.
inline void unpack_nibbles(__m256i (&quads)[span_quads]) {
#pragma GCC unroll 4
  for (__m256i& quad : quads) {
    quad = bits_of(quad, _mm256_setr_epi32(0, 4, 0, 4, 0, 4, 0, 4), 15);
  }
}

struct Q4_0 {
  static constexpr int bytes = 18, most_level = 15;
  static constexpr float minimum = 8;
  template <typename Blocks>
  static void unpack(const Blocks& blocks, __m256i (&levels)[span_quads]) {
    blocks.words(2, levels);
    unpack_nibbles(levels);
  }
};

struct Q5_0 {
  static constexpr int bytes = 22, most_level = 31;
  static constexpr float minimum = 16;
  template <typename Blocks>
  static void unpack(const Blocks& blocks, __m256i (&levels)[span_quads]) {
    blocks.words(6, levels);
    unpack_nibbles(levels);
    // 32 bits of each block; those of quad q of a part are four in a row.
    const auto word = [&](int i) {
      int32_t bits;
      __builtin_memcpy(&bits, blocks[i] + 2, sizeof bits);
      return bits;
    };
    const int first = word(0), second = word(1), third = word(2), fourth = word(3);
    const __m256i fifths =
        _mm256_setr_epi32(first, first, second, second, third, third, fourth, fourth);
#pragma GCC unroll 4
    for (int q = 0; q < span_quads; ++q) {
      const int at = q / 2 * 0x01010101;
      const __m128i byte = _mm_setr_epi32(at, 0x06060606 + at, 0x08080808 + at, 0x0e0e0e0e + at);
      const __m256i bits = _mm256_set1_epi32(q % 2 == 0 ? 0x08040201 : -0x7fbfdff0);
      const __m256i bytes = _mm256_shuffle_epi8(fifths, _mm256_broadcastsi128_si256(byte));
      levels[q] = _mm256_or_si256(levels[q], sixteen_where(bytes, bits));
    }
  }
};

template <typename Type>
struct Blocks {
  static constexpr int span_bytes = span_blocks * Type::bytes;
  static constexpr int most_level = Type::most_level;
  template <bool Whole>
  static WeightHalf unpack(const uint8_t* row, int half, int count) {
    const BlockBytes<Type::bytes, Whole> blocks{row + half * half_blocks * Type::bytes,
                                                count - half * half_blocks};
    WeightHalf result;
    Type::unpack(blocks, result.levels);
    result.scales = blocks.scales();
    result.minimums = _mm256_mul_ps(result.scales, _mm256_set1_ps(Type::minimum));
    return result;
  }
};

// --- types in spans of 256 columns ---------------------------------------------------------------

// Blocks lie two by two in 32 bytes: the low nibbles of these are one, the high ones the other.
inline void unpack_pairs(const uint8_t* from, __m256i (&levels)[span_quads]) {
  interleave_words<Order::alternating>(load_two(from, from + 32), load_two(from + 16, from + 48),
                                       levels);
#pragma GCC unroll 4
  for (__m256i& quad : levels) {
    quad = bits_of(quad, _mm256_setr_epi32(0, 0, 4, 4, 0, 0, 4, 4), 15);
  }
}

inline void set_scales(const uint8_t* span, int half, WeightHalf& result) {
  const KScales scales = k_scales(span);
  const auto of_half = [&](__m256 all) {
    return twice(half == 0 ? _mm256_castps256_ps128(all) : _mm256_extractf128_ps(all, 1));
  };
  result.scales = of_half(scales.scales);
  result.minimums = of_half(scales.minimums);
}

struct Q4K {
  static constexpr int span_bytes = 144, most_level = 15;
  template <bool>
  static WeightHalf unpack(const uint8_t* row, int half, int) {
    WeightHalf result;
    unpack_pairs(row + 16 + 64 * half, result.levels);
    set_scales(row, half, result);
    return result;
  }
};

struct Q5K {
  static constexpr int span_bytes = 176, most_level = 31;
  template <bool>
  static WeightHalf unpack(const uint8_t* row, int half, int) {
    WeightHalf result;
    unpack_pairs(row + 48 + 64 * half, result.levels);
    set_scales(row, half, result);
    // Bit b of byte c belongs to column c of block b.
    const __m256i fifths = _mm256_srli_epi16(load(row + 16), 4 * half);
    const __m256i bits = _mm256_setr_epi32(0x01010101, 0x01010101, 0x02020202, 0x02020202,
                                           0x04040404, 0x04040404, 0x08080808, 0x08080808);
#pragma GCC unroll 4
    for (int q = 0; q < span_quads; ++q) {
      const __m256i word = _mm256_setr_epi32(q, q + 4, q, q + 4, q, q + 4, q, q + 4);
      const __m256i bytes = _mm256_permutevar8x32_epi32(fifths, word);
      result.levels[q] = _mm256_or_si256(result.levels[q], sixteen_where(bytes, bits));
    }
    return result;
  }
};

// Half a span has its low four bits in 64 bytes: parts 0 … 3 in the low nibbles, 4 … 7 in the high
// ones; and its two high bits in 32: of parts 0 and 1 the lowest two bits, and so on.
struct Q6K {
  static constexpr int span_bytes = 210, most_level = 63;
  template <bool>
  static WeightHalf unpack(const uint8_t* row, int half, int) {
    WeightHalf result;
    result.scales = q6_k_scales(row, half_parts * half);
    result.minimums = _mm256_mul_ps(result.scales, _mm256_set1_ps(32));
    const uint8_t* const low = row + 64 * half;
    __m256i early[span_quads], late[span_quads];  // words of parts 0 and 1, of 2 and 3
    interleave_words<Order::alternating>(load_two(low, low), load_two(low + 16, low + 16), early);
    interleave_words<Order::alternating>(load_two(low + 32, low + 32), load_two(low + 48, low + 48),
                                         late);
    const __m256i tops = load(row + 128 + 32 * half);
#pragma GCC unroll 4
    for (int q = 0; q < span_quads; ++q) {
      const __m256i words = _mm256_unpacklo_epi64(early[q], late[q]);
      const __m256i word = _mm256_setr_epi32(q, q + 4, q, q + 4, q, q + 4, q, q + 4);
      const __m256i top = bits_of(_mm256_permutevar8x32_epi32(tops, word),
                                  _mm256_setr_epi32(0, 0, 2, 2, 4, 4, 6, 6), 3);
      result.levels[q] = _mm256_or_si256(
          bits_of(words, _mm256_setr_epi32(0, 0, 0, 0, 4, 4, 4, 4), 15), _mm256_slli_epi32(top, 4));
    }
    return result;
  }
};

// --- types of signed bytes, without minimums -----------------------------------------------------

struct Q8_0 {
  static constexpr int bytes = 34, blocks = 1;
  static float scale(const uint8_t* block, int) { return half_at(block); }
  static __m256i values(const uint8_t* block, int) { return load(block + 2); }
};

struct Iq4Nl {
  static constexpr int bytes = 18, blocks = 1;
  static float scale(const uint8_t* block, int) { return half_at(block); }
  static __m256i values(const uint8_t* block, int) { return iq4_values(block + 2); }
};

struct Iq4Xs {
  static constexpr int bytes = 136, blocks = span_blocks;
  static float scale(const uint8_t* span, int i) { return iq4_xs_scale(span, i); }
  static __m256i values(const uint8_t* span, int i) { return iq4_values(span + 8 + 16 * i); }
};

struct Mxfp4 {
  static constexpr int bytes = 17, blocks = 1;
  static float scale(const uint8_t* block, int) { return mxfp4_scale(block[0]); }
  static __m256i values(const uint8_t* block, int) {
    return _mm256_sub_epi8(mxfp4_levels(block + 1), _mm256_set1_epi8(12));
  }
};

// maddubs takes one factor unsigned, so the sign of each weight moves to the activation it meets.
template <typename Type>
struct SignedBlocks {
  template <int T>
  static inline void add(const uint8_t* row, int block, const Row* x, __m256 (&sums)[T]) {
    const uint8_t* const bytes = row + block / Type::blocks * Type::bytes;
    const __m256i weights = Type::values(bytes, block % Type::blocks);
    const __m256i magnitudes = _mm256_abs_epi8(weights);
    const __m256 scale = _mm256_set1_ps(Type::scale(bytes, block % Type::blocks));
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      const __m256 factor = _mm256_mul_ps(scale, _mm256_set1_ps(x[t].scales[block]));
      const __m256i values =
          _mm256_sign_epi8(load(x[t].quantized + block * block_columns), weights);
      sums[t] = _mm256_fmadd_ps(dot(magnitudes, values), factor, sums[t]);
    }
  }

  template <int T>
  static inline void multiply_row(const uint8_t* row, int blocks, const Row* x, float* const* y,
                                  int index) {
    __m256 even[T], odd[T];  // apart, since each addition waits for the last
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) even[t] = odd[t] = _mm256_setzero_ps();
    int block = 0;
    for (; block + 2 <= blocks; block += 2) {
      add<T>(row, block, x, even);
      add<T>(row, block + 1, x, odd);
    }
    if (block < blocks) add<T>(row, block, x, even);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) y[t][index] = sum_lanes(_mm256_add_ps(even[t], odd[t]));
  }

  template <int T>
  static void run(const RowBytes& rows, int columns, const Row* x, float* const* y, int first_row,
                  ReadAhead& ahead) {
    const uint8_t* row = rows.first;
    for (int r = 0; r < rows.count; ++r, row += rows.size) {
      ahead.before(row, rows.size);
      multiply_row<T>(row, columns / block_columns, x, y, first_row + r);
    }
  }
};

}  // namespace

extern const FewTokens few_tokens_avx2 = {.q4_0 = multiply_tokens<Spans<Of<Blocks<Q4_0>>>>,
                                          .q5_0 = multiply_tokens<Spans<Of<Blocks<Q5_0>>>>,
                                          .q8_0 = multiply_tokens<SignedBlocks<Q8_0>>,
                                          .q4_k = multiply_tokens<Spans<Of<Q4K>>>,
                                          .q5_k = multiply_tokens<Spans<Of<Q5K>>>,
                                          .q6_k = multiply_tokens<Spans<Of<Q6K>>>,
                                          .iq4_nl = multiply_tokens<SignedBlocks<Iq4Nl>>,
                                          .iq4_xs = multiply_tokens<SignedBlocks<Iq4Xs>>,
                                          .mxfp4 = multiply_tokens<SignedBlocks<Mxfp4>>,
                                          .arrange = arrange};

}  // namespace engine::backend::cpu
