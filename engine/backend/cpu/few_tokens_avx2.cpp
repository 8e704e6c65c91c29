// Rows of weights times few tokens, straight from the bytes of the file: a step of one token
// reads every weight once, so that unpacking into memory and reading it again would cost more than
// the product. The sums of even and odd blocks are kept apart, since each addition waits for the
// last.
#include "engine/backend/cpu/few_tokens.h"
#include "engine/backend/cpu/levels_avx2.h"

namespace engine::backend::cpu {
namespace {

// The sums of T tokens: even and odd blocks, and what the minimums take away.
template <int T>
struct Sums {
  __m256 all[2][T], low[T];

  Sums() {
#pragma GCC unroll 4
    for (int t = 0; t < T; ++t) all[0][t] = all[1][t] = low[t] = _mm256_setzero_ps();
  }
  void finish(float* const* y, int row) const {
#pragma GCC unroll 4
    for (int t = 0; t < T; ++t) {
      y[t][row] = sum_lanes(_mm256_sub_ps(_mm256_add_ps(all[0][t], all[1][t]), low[t]));
    }
  }
};

__m256i values_of(const Row& x, int block) { return load(x.quantized + block * block_columns); }

// --- types whose blocks of 32 have one scale, and a minimum that is a multiple of it -------------

struct Q4_0 {
  static constexpr int bytes = 18;
  static constexpr float minimum = 8;
  static __m256i levels(const uint8_t* block) { return spread_nibbles(block + 2); }
};

struct Q5_0 {
  static constexpr int bytes = 22;
  static constexpr float minimum = 16;
  static __m256i levels(const uint8_t* block) {
    return _mm256_or_si256(spread_nibbles(block + 6), fifth_bits(block + 2));
  }
};

template <typename Type>
struct Blocks {
  template <int T>
  static inline void add(const uint8_t* block_bytes, int block, const Row* x, __m256 (&sums)[T],
                         __m256 (&low)[T]) {
    const __m256 first_lane = _mm256_castsi256_ps(_mm256_setr_epi32(-1, 0, 0, 0, 0, 0, 0, 0));
    const __m256i levels = Type::levels(block_bytes);
    const __m256 scale = _mm256_set1_ps(half_at(block_bytes));
    const __m256 minimum =
        _mm256_mul_ps(_mm256_and_ps(scale, first_lane), _mm256_set1_ps(Type::minimum));
#pragma GCC unroll 4
    for (int t = 0; t < T; ++t) {
      const __m256 factor = _mm256_mul_ps(scale, _mm256_set1_ps(x[t].scales[block]));
      sums[t] = _mm256_fmadd_ps(dot(levels, values_of(x[t], block)), factor, sums[t]);
      const float* const parts = x[t].part_sums + block * block_parts;
      low[t] = _mm256_fmadd_ps(minimum, _mm256_set1_ps(parts[0] + parts[1]), low[t]);
    }
  }

  template <int T>
  static void run(const uint8_t* row, int columns, const Row* x, float* const* y, int index) {
    Sums<T> sums;
    const int blocks = columns / block_columns;
    int block = 0;
    for (; block + 2 <= blocks; block += 2, row += 2 * Type::bytes) {
      add<T>(row, block, x, sums.all[0], sums.low);
      add<T>(row + Type::bytes, block + 1, x, sums.all[1], sums.low);
    }
    if (block < blocks) add<T>(row, block, x, sums.all[0], sums.low);
    sums.finish(y, index);
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

// maddubs takes one factor unsigned, so the sign of each weight moves to the activation it meets.
template <typename Type>
struct SignedBlocks {
  template <int T>
  static inline void add(const uint8_t* row, int block, const Row* x, __m256 (&sums)[T]) {
    const uint8_t* const bytes = row + block / Type::blocks * Type::bytes;
    const __m256i weights = Type::values(bytes, block % Type::blocks);
    const __m256i magnitudes = _mm256_abs_epi8(weights);
    const __m256 scale = _mm256_set1_ps(Type::scale(bytes, block % Type::blocks));
#pragma GCC unroll 4
    for (int t = 0; t < T; ++t) {
      const __m256 factor = _mm256_mul_ps(scale, _mm256_set1_ps(x[t].scales[block]));
      const __m256i values = _mm256_sign_epi8(values_of(x[t], block), weights);
      sums[t] = _mm256_fmadd_ps(dot(magnitudes, values), factor, sums[t]);
    }
  }

  template <int T>
  static void run(const uint8_t* row, int columns, const Row* x, float* const* y, int index) {
    Sums<T> sums;
    const int blocks = columns / block_columns;
    int block = 0;
    for (; block + 2 <= blocks; block += 2) {
      add<T>(row, block, x, sums.all[0]);
      add<T>(row, block + 1, x, sums.all[1]);
    }
    if (block < blocks) add<T>(row, block, x, sums.all[0]);
    sums.finish(y, index);
  }
};

// --- types in spans of 256 columns ---------------------------------------------------------------

// Calls add(i, levels of block i of the span) for i from 0 to 7.
struct Q4K {
  static constexpr int bytes = 144;
  template <typename Add>
  static void for_each_block(const uint8_t* span, const Add& add) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const __m256i both = load(span + 16 + 32 * i);
      add(2 * i, low_nibbles(both));
      add(2 * i + 1, high_nibbles(both));
    }
  }
};

struct Q5K {
  static constexpr int bytes = 176;
  template <typename Add>
  static void for_each_block(const uint8_t* span, const Add& add) {
    const __m256i fifth = _mm256_set1_epi8(16);
    __m256i high = load(span + 16);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i, high = _mm256_srli_epi16(high, 2)) {
      const __m256i both = load(span + 48 + 32 * i);
      const __m256i first = _mm256_and_si256(_mm256_slli_epi16(high, 4), fifth);
      const __m256i second = _mm256_and_si256(_mm256_slli_epi16(high, 3), fifth);
      add(2 * i, _mm256_or_si256(low_nibbles(both), first));
      add(2 * i + 1, _mm256_or_si256(high_nibbles(both), second));
    }
  }
};

// 16 sums of parts become eight of blocks.
__m256 block_sums(const float* part_sums) {
  const __m256 sums = _mm256_hadd_ps(_mm256_loadu_ps(part_sums), _mm256_loadu_ps(part_sums + 8));
  return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(sums), 0xd8));
}

// Q4_K and Q5_K: a scale and a minimum for each block.
template <typename Type>
struct Spans {
  template <int T>
  static void run(const uint8_t* row, int columns, const Row* x, float* const* y, int index) {
    Sums<T> sums;
    for (int span = 0; span < columns / span_columns; ++span, row += Type::bytes) {
      const KScales scales = k_scales(row);
      alignas(32) float factors[T][span_blocks];
      for (int t = 0; t < T; ++t) {
        const __m256 x_scales = _mm256_loadu_ps(x[t].scales + span * span_blocks);
        _mm256_store_ps(factors[t], _mm256_mul_ps(scales.scales, x_scales));
        const __m256 x_sums = block_sums(x[t].part_sums + span * span_blocks * block_parts);
        sums.low[t] = _mm256_fmadd_ps(scales.minimums, x_sums, sums.low[t]);
      }
      Type::for_each_block(row, [&](int i, __m256i levels) {
#pragma GCC unroll 4
        for (int t = 0; t < T; ++t) {
          __m256& sum = sums.all[i % 2][t];
          sum = _mm256_fmadd_ps(dot(levels, values_of(x[t], span * span_blocks + i)),
                                _mm256_set1_ps(factors[t][i]), sum);
        }
      });
    }
    sums.finish(y, index);
  }
};

// Q6_K: a scale for each part of 16 columns, and 32 times it as the minimum.
struct Q6K {
  template <int T>
  static void run(const uint8_t* row, int columns, const Row* x, float* const* y, int index) {
    Sums<T> sums;
    const __m256i first = _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3);
    const __m256i second = _mm256_add_epi32(first, _mm256_set1_epi32(4));
    for (int span = 0; span < columns / span_columns; ++span, row += 210) {
      const __m256 scales[2] = {q6_k_scales(row, 0), q6_k_scales(row, 8)};
      alignas(32) float factors[T][span_parts];
      for (int t = 0; t < T; ++t) {
        const __m256 x_scales = _mm256_loadu_ps(x[t].scales + span * span_blocks);
        const __m256 twice[2] = {_mm256_permutevar8x32_ps(x_scales, first),
                                 _mm256_permutevar8x32_ps(x_scales, second)};
        for (int half = 0; half < 2; ++half) {
          _mm256_store_ps(factors[t] + 8 * half, _mm256_mul_ps(scales[half], twice[half]));
          const __m256 x_sums = _mm256_loadu_ps(x[t].part_sums + span * span_parts + 8 * half);
          const __m256 minimum = _mm256_mul_ps(scales[half], _mm256_set1_ps(32));
          sums.low[t] = _mm256_fmadd_ps(minimum, x_sums, sums.low[t]);
        }
      }
      q6_k_blocks(row, [&](int i, __m256i levels) {
#pragma GCC unroll 4
        for (int t = 0; t < T; ++t) {
          const __m256 factor = _mm256_setr_m128(_mm_broadcast_ss(factors[t] + 2 * i),
                                                 _mm_broadcast_ss(factors[t] + 2 * i + 1));
          __m256& sum = sums.all[i % 2][t];
          sum = _mm256_fmadd_ps(dot(levels, values_of(x[t], span * span_blocks + i)), factor, sum);
        }
      });
    }
    sums.finish(y, index);
  }
};

template <typename Kernel>
struct Rows {
  static constexpr int most_tokens = 4;
  template <int T>
  static void run(const RowBytes& rows, int columns, const Row* x, float* const* y, int first_row,
                  ReadAhead& ahead) {
    const uint8_t* row = rows.first;
    for (int r = 0; r < rows.count; ++r, row += rows.size) {
      ahead.before(row, rows.size);
      Kernel::template run<T>(row, columns, x, y, first_row + r);
    }
  }
};

}  // namespace

extern const FewTokens few_tokens_avx2 = {.q4_0 = multiply_tokens<Rows<Blocks<Q4_0>>>,
                                          .q5_0 = multiply_tokens<Rows<Blocks<Q5_0>>>,
                                          .q8_0 = multiply_tokens<Rows<SignedBlocks<Q8_0>>>,
                                          .q4_k = multiply_tokens<Rows<Spans<Q4K>>>,
                                          .q5_k = multiply_tokens<Rows<Spans<Q5K>>>,
                                          .q6_k = multiply_tokens<Rows<Q6K>>,
                                          .iq4_nl = multiply_tokens<Rows<SignedBlocks<Iq4Nl>>>,
                                          .iq4_xs = multiply_tokens<Rows<SignedBlocks<Iq4Xs>>>};

}  // namespace engine::backend::cpu
