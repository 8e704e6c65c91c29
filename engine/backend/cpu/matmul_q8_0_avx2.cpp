// A vector holds one quad of eight rows. maddubs multiplies unsigned by signed bytes, so the sign
// of each weight moves to the activation it meets: |w| · (x · sign w). Two products of at most 128
// · 127 fit in 16 bits; four are added in 32.
#include <immintrin.h>

#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {
namespace {

constexpr int half_rows = 8;
constexpr int quads = block_columns / 4;

__m256 absolute(__m256 x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }

float greatest(__m256 x) {
  __m128 half = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
  half = _mm_max_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}

int32_t sum_lanes(__m256i x) {
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1)));
}

void quantize(const float* values, int blocks, int8_t* quantized, float* scales,
              int32_t* block_sums, float* part_sums) {
  for (int block = 0; block < blocks;
       ++block, values += block_columns, quantized += block_columns) {
    __m256 x[4];
    __m256 odd = _mm256_setzero_ps();  // all ones where a value is not finite
    for (int i = 0; i < 4; ++i) {
      x[i] = _mm256_loadu_ps(values + 8 * i);
      odd = _mm256_or_ps(odd,
                         _mm256_cmp_ps(absolute(x[i]), _mm256_set1_ps(__FLT_MAX__), _CMP_NLE_UQ));
    }
    const bool finite = _mm256_movemask_ps(odd) == 0;
    for (int i = 0; i < 4 && !finite; ++i) x[i] = _mm256_setzero_ps();
    const float most = finite
                           ? greatest(_mm256_max_ps(_mm256_max_ps(absolute(x[0]), absolute(x[1])),
                                                    _mm256_max_ps(absolute(x[2]), absolute(x[3]))))
                           : __builtin_nanf("");
    const __m256 inverse = _mm256_set1_ps(most > 0 ? 127 / most : 0);
    __m256i rounded[4];
    for (int i = 0; i < 4; ++i) rounded[i] = _mm256_cvtps_epi32(_mm256_mul_ps(x[i], inverse));
    // The packs interleave 128-bit halves; the permutation puts them in order.
    const __m256i bytes =
        _mm256_permutevar8x32_epi32(_mm256_packs_epi16(_mm256_packs_epi32(rounded[0], rounded[1]),
                                                       _mm256_packs_epi32(rounded[2], rounded[3])),
                                    _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(quantized), bytes);
    scales[block] = most / 127;
    const int32_t first = sum_lanes(_mm256_add_epi32(rounded[0], rounded[1]));
    const int32_t second = sum_lanes(_mm256_add_epi32(rounded[2], rounded[3]));
    block_sums[block] = first + second;
    part_sums[2 * block] = scales[block] * static_cast<float>(first);
    part_sums[2 * block + 1] = scales[block] * static_cast<float>(second);
  }
}

// Eight rows from `half` on, T tokens.
template <int T>
void multiply_half(const WeightBlock* group, int blocks, int half, const Row* x,
                   float sums[][group_rows]) {
  __m256 sum[T];
  for (int t = 0; t < T; ++t) sum[t] = _mm256_setzero_ps();
  for (int block = 0; block < blocks; ++block) {
    __m256i dot[T];
    for (int t = 0; t < T; ++t) dot[t] = _mm256_setzero_si256();
    for (int quad = 0; quad < quads; ++quad) {
      const __m256i weights =
          _mm256_load_si256(reinterpret_cast<const __m256i*>(group[block].quad[quad][half]));
      const __m256i magnitudes = _mm256_abs_epi8(weights);
      for (int t = 0; t < T; ++t) {
        int32_t four;
        __builtin_memcpy(&four, x[t].quantized + block * block_columns + 4 * quad, 4);
        const __m256i values = _mm256_sign_epi8(_mm256_set1_epi32(four), weights);
        const __m256i pairs = _mm256_maddubs_epi16(magnitudes, values);
        dot[t] = _mm256_add_epi32(dot[t], _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
      }
    }
    const __m256 scale = _mm256_load_ps(group[block].scale + half);
    for (int t = 0; t < T; ++t) {
      const __m256 factor = _mm256_mul_ps(scale, _mm256_set1_ps(x[t].scales[block]));
      sum[t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot[t]), factor, sum[t]);
    }
  }
  for (int t = 0; t < T; ++t) _mm256_storeu_ps(sums[t] + half, sum[t]);
}

template <int T>
void multiply_tokens(const WeightBlock* group, int blocks, const Row* x, float* const* y,
                     int first_row, int rows) {
  float sums[T][group_rows];
  multiply_half<T>(group, blocks, 0, x, sums);
  multiply_half<T>(group, blocks, half_rows, x, sums);
  for (int t = 0; t < T; ++t) {
    for (int row = 0; row < rows; ++row) y[t][first_row + row] = sums[t][row];
  }
}

void multiply(const WeightBlock* group, int blocks, const Row* x, int tokens, float* const* y,
              int first_row, int rows) {
  int t = 0;
  for (; t + 4 <= tokens; t += 4) {
    multiply_tokens<4>(group, blocks, x + t, y + t, first_row, rows);
  }
  for (; t < tokens; ++t) multiply_tokens<1>(group, blocks, x + t, y + t, first_row, rows);
}

}  // namespace

extern const Q8Kernels q8_kernels_avx2 = {quantize, multiply};

}  // namespace engine::backend::cpu
