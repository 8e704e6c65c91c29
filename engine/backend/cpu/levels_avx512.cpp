// VNNI's dpbusd takes unsigned levels as they are. A row's 64 columns fill a vector, four lanes for
// each part; interleaved rows have a lane each. Unpacking is AVX2's.
//
// Loops over tokens are unrolled by force: the compiler finds their bodies too long, and then keeps
// the sums of all tokens in memory.
#include <immintrin.h>

#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {
namespace {

constexpr int parts_columns = 256;  // 16 parts: their scales fill a vector
constexpr int vector_columns = 64;
constexpr int part_quads = part_columns / 4;

// Lane i gets element first + i / lanes.
__m512i spread(int first, int lanes) {
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return _mm512_add_epi32(_mm512_srli_epi32(lane, lanes == 4 ? 2 : 3), _mm512_set1_epi32(first));
}

__mmask64 first_bytes(int count) {
  return count >= vector_columns ? ~__mmask64{0} : (__mmask64{1} << count) - 1;
}

// Up to 256 columns from `first` on.
template <int T>
inline void add_span(const Levels& weights, int first, int count, const Row* x, __m512 (&sum)[T],
                     __m512 (&low)[T]) {
  const __m512 scales = _mm512_loadu_ps(weights.scales + first / part_columns);
  const __m512 minimums = _mm512_loadu_ps(weights.minimums + first / part_columns);
  const auto parts = static_cast<__mmask16>((1u << count / part_columns) - 1);
  const auto blocks = static_cast<__mmask16>((1u << count / block_columns) - 1);
  __m512 x_scales[T];
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) {
    x_scales[t] = _mm512_maskz_loadu_ps(blocks, x[t].scales + first / block_columns);
    const __m512 sums = _mm512_maskz_loadu_ps(parts, x[t].part_sums + first / part_columns);
    low[t] = _mm512_fmadd_ps(minimums, sums, low[t]);
  }
  for (int v = 0; v * vector_columns < count; ++v) {
    const int column = first + v * vector_columns;
    const __mmask64 bytes = first_bytes(count - v * vector_columns);
    const __m512i levels = _mm512_loadu_si512(weights.levels + column);
    const __m512 scale = _mm512_permutexvar_ps(spread(4 * v, 4), scales);
    const __m512i block_of = spread(2 * v, 8);
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) {
      const __m512i values = _mm512_maskz_loadu_epi8(bytes, x[t].quantized + column);
      const __m512i dot = _mm512_dpbusd_epi32(_mm512_setzero_si512(), levels, values);
      const __m512 factor = _mm512_mul_ps(scale, _mm512_permutexvar_ps(block_of, x_scales[t]));
      sum[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), factor, sum[t]);
    }
  }
}

template <int T>
void multiply_tokens(const Levels& weights, int columns, const Row* x, float* const* y, int row) {
  __m512 sum[T], low[T];
  for (int t = 0; t < T; ++t) sum[t] = low[t] = _mm512_setzero_ps();
  int first = 0;
  for (; first + parts_columns <= columns; first += parts_columns) {
    add_span<T>(weights, first, parts_columns, x, sum, low);
  }
  if (first < columns) add_span<T>(weights, first, columns - first, x, sum, low);
  for (int t = 0; t < T; ++t) y[t][row] = _mm512_reduce_add_ps(_mm512_sub_ps(sum[t], low[t]));
}

void multiply_row(const Levels& weights, int columns, const Row* x, int tokens, float* const* y,
                  int row) {
  int t = 0;
  for (; t + 4 <= tokens; t += 4) multiply_tokens<4>(weights, columns, x + t, y + t, row);
  for (; t + 2 <= tokens; t += 2) multiply_tokens<2>(weights, columns, x + t, y + t, row);
  if (t < tokens) multiply_tokens<1>(weights, columns, x + t, y + t, row);
}

// `Quads` quads from `quad` on, which share a scale and a minimum.
template <int T, int Quads>
inline void add_quads(const LevelBlock& weights, int block, int quad, const Row* x,
                      __m512 (&sum)[T]) {
  __m512i levels[Quads];
  for (int i = 0; i < Quads; ++i) levels[i] = _mm512_load_si512(weights.quad[quad + i]);
  const int part = quad / part_quads;
  const __m512 scale = _mm512_load_ps(weights.scale[part]);
  const __m512 minimum = _mm512_load_ps(weights.minimum[part]);
#pragma GCC unroll 8
  for (int t = 0; t < T; ++t) {
    const int8_t* const values = x[t].quantized + block * block_columns + 4 * quad;
    __m512i dot = _mm512_setzero_si512();
#pragma GCC unroll 8
    for (int i = 0; i < Quads; ++i) {
      int32_t four;
      __builtin_memcpy(&four, values + 4 * i, 4);
      dot = _mm512_dpbusd_epi32(dot, levels[i], _mm512_set1_epi32(four));
    }
    const float* const part_sums = x[t].part_sums + block * block_parts + part;
    const float value_sum = Quads == part_quads ? part_sums[0] : part_sums[0] + part_sums[1];
    const __m512 factor = _mm512_mul_ps(scale, _mm512_set1_ps(x[t].scales[block]));
    sum[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), factor, sum[t]);
    sum[t] = _mm512_fnmadd_ps(minimum, _mm512_set1_ps(value_sum), sum[t]);
  }
}

template <int T>
void multiply_group(const LevelBlock* group, int blocks, Scales scales, const Row* x,
                    float* const* y, int first_row, __mmask16 rows) {
  __m512 sum[T];
  for (int t = 0; t < T; ++t) sum[t] = _mm512_setzero_ps();
  for (int block = 0; block < blocks; ++block) {
    if (scales == Scales::of_blocks) {
      add_quads<T, 2 * part_quads>(group[block], block, 0, x, sum);
    } else {
      add_quads<T, part_quads>(group[block], block, 0, x, sum);
      add_quads<T, part_quads>(group[block], block, part_quads, x, sum);
    }
  }
  for (int t = 0; t < T; ++t) _mm512_mask_storeu_ps(y[t] + first_row, rows, sum[t]);
}

void multiply(const LevelBlock* group, int blocks, LevelRange range, const Row* x, int tokens,
              float* const* y, int first_row, int rows) {
  const Scales scales = range.scales;
  const auto mask = static_cast<__mmask16>((1u << rows) - 1);
  int t = 0;
  for (; t + 8 <= tokens; t += 8) {
    multiply_group<8>(group, blocks, scales, x + t, y + t, first_row, mask);
  }
  for (; t + 2 <= tokens; t += 2) {
    multiply_group<2>(group, blocks, scales, x + t, y + t, first_row, mask);
  }
  if (t < tokens) multiply_group<1>(group, blocks, scales, x + t, y + t, first_row, mask);
}

}  // namespace

extern const LevelKernels level_kernels_avx512 = {.multiply_row = multiply_row,
                                                  .multiply = multiply};

}  // namespace engine::backend::cpu
