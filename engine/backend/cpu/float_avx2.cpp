#include <immintrin.h>

#include "engine/backend/cpu/float_kernels.h"

namespace engine::backend::cpu {
namespace {

struct Vector {
  using Register = __m256;
  static constexpr int width = 8;
  static constexpr int tile = 2;  // 4 × 2 sums and 3 operands in 16 registers

  static __m256i first(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  // AVX2 has no masked load of 16-bit values.
  static __m128i load_first_16(const uint16_t* from, int count) {
    if (count == width) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    alignas(16) uint16_t padded[width] = {};
    for (int i = 0; i < count; ++i) padded[i] = from[i];
    return _mm_load_si128(reinterpret_cast<const __m128i*>(padded));
  }

  static Register all(float value) { return _mm256_set1_ps(value); }
  static Register load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(float* to, Register value) { _mm256_storeu_ps(to, value); }
  static Register load_first(const float* from, int count) {
    return _mm256_maskload_ps(from, first(count));
  }
  static void store_first(float* to, int count, Register value) {
    _mm256_maskstore_ps(to, first(count), value);
  }
  static Register load_half(const uint16_t* from, int count) {
    return _mm256_cvtph_ps(load_first_16(from, count));
  }
  static Register load_bfloat(const uint16_t* from, int count) {
    const __m256i bits = _mm256_cvtepu16_epi32(load_first_16(from, count));
    return _mm256_castsi256_ps(_mm256_slli_epi32(bits, 16));
  }
  static Register add(Register a, Register b) { return _mm256_add_ps(a, b); }
  static Register maximum(Register a, Register b) { return _mm256_max_ps(a, b); }
  static Register multiply(Register a, Register b) { return _mm256_mul_ps(a, b); }
  static Register divide(Register a, Register b) { return _mm256_div_ps(a, b); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm256_fmadd_ps(a, b, c);
  }
  static float sum(Register value) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps(value, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
  }

  // 2^n · e^r with |r| ≤ ln 2 / 2.
  static Register exp(Register x) {
    x = _mm256_min_ps(_mm256_max_ps(x, all(-87.0f)), all(88.0f));
    const Register n = _mm256_round_ps(_mm256_mul_ps(x, all(1.44269504f)),
                                       _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    Register r = _mm256_fnmadd_ps(n, all(0.693359375f), x);
    r = _mm256_fnmadd_ps(n, all(-2.12194440e-4f), r);
    Register power = all(exp_series[0]);
    for (int i = 1; i < exp_terms; ++i) power = _mm256_fmadd_ps(power, r, all(exp_series[i]));
    const __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(power), exponent));
  }
};

}  // namespace

extern const FloatKernels float_kernels_avx2 = float_kernels<Vector>();

}  // namespace engine::backend::cpu
