// A vector holds one quad of all 16 rows, and VNNI's dpbusd adds its four products at once. Its
// first operand is unsigned: the weights are taken plus 128, and 128 · Σx, known since the
// activations were rounded, is what each sum starts below zero. A block's eight vectors serve up to
// eight tokens, so that in a prefill the products and not the loads are the limit.
#include <immintrin.h>

#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {
namespace {

constexpr int quads = block_columns / 4;

void quantize(const float* values, int blocks, int8_t* quantized, float* scales,
              int32_t* block_sums, float* part_sums) {
  for (int block = 0; block < blocks;
       ++block, values += block_columns, quantized += block_columns) {
    const __m512 low = _mm512_loadu_ps(values), high = _mm512_loadu_ps(values + 16);
    const __m512 low_size = _mm512_abs_ps(low), high_size = _mm512_abs_ps(high);
    const __m512 limit = _mm512_set1_ps(__FLT_MAX__);
    const bool finite = (_mm512_cmp_ps_mask(low_size, limit, _CMP_NLE_UQ) |
                         _mm512_cmp_ps_mask(high_size, limit, _CMP_NLE_UQ)) == 0;
    const __mmask16 kept = finite ? 0xffff : 0;
    const float most =
        finite ? _mm512_reduce_max_ps(_mm512_max_ps(low_size, high_size)) : __builtin_nanf("");
    const __m512 inverse = _mm512_set1_ps(most > 0 ? 127 / most : 0);
    const __m512i first = _mm512_cvtps_epi32(_mm512_maskz_mul_ps(kept, low, inverse));
    const __m512i second = _mm512_cvtps_epi32(_mm512_maskz_mul_ps(kept, high, inverse));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(quantized), _mm512_cvtsepi32_epi8(first));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(quantized + 16), _mm512_cvtsepi32_epi8(second));
    scales[block] = most / 127;
    const int32_t first_sum = _mm512_reduce_add_epi32(first);
    const int32_t second_sum = _mm512_reduce_add_epi32(second);
    block_sums[block] = first_sum + second_sum;
    part_sums[2 * block] = scales[block] * static_cast<float>(first_sum);
    part_sums[2 * block + 1] = scales[block] * static_cast<float>(second_sum);
  }
}

template <int T>
void multiply_tokens(const WeightBlock* group, int blocks, const Row* x, float* const* y,
                     int first_row, __mmask16 rows) {
  __m512 sum[T];
  for (int t = 0; t < T; ++t) sum[t] = _mm512_setzero_ps();
  const __m512i offset = _mm512_set1_epi8(-128);
  for (int block = 0; block < blocks; ++block) {
    __m512i weights[quads];
    for (int quad = 0; quad < quads; ++quad) {
      weights[quad] = _mm512_xor_si512(_mm512_load_si512(group[block].quad[quad]), offset);
    }
    const __m512 scale = _mm512_load_ps(group[block].scale);
    for (int t = 0; t < T; ++t) {
      const int8_t* const values = x[t].quantized + block * block_columns;
      __m512i dot = _mm512_set1_epi32(-128 * x[t].block_sums[block]);
      for (int quad = 0; quad < quads; ++quad) {
        int32_t four;
        __builtin_memcpy(&four, values + 4 * quad, 4);
        dot = _mm512_dpbusd_epi32(dot, weights[quad], _mm512_set1_epi32(four));
      }
      const __m512 factor = _mm512_mul_ps(scale, _mm512_set1_ps(x[t].scales[block]));
      sum[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), factor, sum[t]);
    }
  }
  for (int t = 0; t < T; ++t) _mm512_mask_storeu_ps(y[t] + first_row, rows, sum[t]);
}

void multiply(const WeightBlock* group, int blocks, const Row* x, int tokens, float* const* y,
              int first_row, int rows) {
  const auto mask = static_cast<__mmask16>((1u << rows) - 1);
  int t = 0;
  for (; t + 8 <= tokens; t += 8) {
    multiply_tokens<8>(group, blocks, x + t, y + t, first_row, mask);
  }
  for (; t + 2 <= tokens; t += 2) {
    multiply_tokens<2>(group, blocks, x + t, y + t, first_row, mask);
  }
  if (t < tokens) multiply_tokens<1>(group, blocks, x + t, y + t, first_row, mask);
}

}  // namespace

extern const Q8Kernels q8_kernels_avx512 = {quantize, multiply};

}  // namespace engine::backend::cpu
