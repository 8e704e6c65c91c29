#include <immintrin.h>

#include "engine/backend/cpu/float_kernels.h"

namespace engine::backend::cpu {
namespace {

struct Vector {
  using Register = __m256;
  static constexpr int width = 8;
  static constexpr int sums = 8;       // of a tile, and some operands, in 16 registers
  static constexpr int half_rows = 4;  // of a tile over halves

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
  static Register load(const uint16_t* from) { return load_first(from, width); }
  static Register load_first(const uint16_t* from, int count) {
    return _mm256_cvtph_ps(load_first_16(from, count));
  }
  static void store_first(uint16_t* to, int count, Register value) {
    // In this order NaN stays NaN.
    value = _mm256_min_ps(all(greatest_half), _mm256_max_ps(all(-greatest_half), value));
    alignas(16) uint16_t halves[width];
    _mm_store_si128(reinterpret_cast<__m128i*>(halves),
                    _mm256_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT));
    __builtin_memcpy(to, halves, count * sizeof(uint16_t));
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
  // Lanes 4 apart are added first, then 2, 1.
  static float sum(Register value) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps(value, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
  }

  // The same for 8 at once: lane l of half h is the sum of x[h + 2 l].
  static Register sum_all(const Register (&x)[8]) {
    Register quads[4], pairs[2];
    for (int i = 0; i < 4; ++i) {
      quads[i] = _mm256_add_ps(_mm256_permute2f128_ps(x[2 * i], x[2 * i + 1], 0x20),
                               _mm256_permute2f128_ps(x[2 * i], x[2 * i + 1], 0x31));
    }
    for (int i = 0; i < 2; ++i) {
      pairs[i] = _mm256_add_ps(_mm256_shuffle_ps(quads[2 * i], quads[2 * i + 1], 0x44),
                               _mm256_shuffle_ps(quads[2 * i], quads[2 * i + 1], 0xee));
    }
    return _mm256_add_ps(_mm256_shuffle_ps(pairs[0], pairs[1], 0x88),
                         _mm256_shuffle_ps(pairs[0], pairs[1], 0xdd));
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
