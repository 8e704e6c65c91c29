// The vector type of AVX-512. In an unnamed namespace, so that the linker keeps no copy of it for
// the rest of the program.
#pragma once

#include <immintrin.h>

#include "engine/backend/cpu/float_kernels.h"

namespace engine::backend::cpu {
namespace {

struct Vector {
  using Register = __m512;
  static constexpr int width = 16;
  static constexpr int sums = 16;      // of a tile, and some operands, in 32 registers
  static constexpr int half_rows = 8;  // of a tile over halves

  static __mmask16 first(int count) { return static_cast<__mmask16>((1u << count) - 1); }

  static Register all(float value) { return _mm512_set1_ps(value); }
  static Register load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(float* to, Register value) { _mm512_storeu_ps(to, value); }
  static Register load_first(const float* from, int count) {
    return _mm512_maskz_loadu_ps(first(count), from);
  }
  static void store_first(float* to, int count, Register value) {
    _mm512_mask_storeu_ps(to, first(count), value);
  }
  static Register load(const uint16_t* from) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
  }
  static Register load_first(const uint16_t* from, int count) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first(count), from));
  }
  static void store_first(uint16_t* to, int count, Register value) {
    // In this order NaN stays NaN.
    value = _mm512_min_ps(all(greatest_half), _mm512_max_ps(all(-greatest_half), value));
    _mm256_mask_storeu_epi16(to, first(count), _mm512_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT));
  }
  static Register load_bfloat(const uint16_t* from, int count) {
    const __m256i bits = _mm256_maskz_loadu_epi16(first(count), from);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
  }
  static Register add(Register a, Register b) { return _mm512_add_ps(a, b); }
  static Register maximum(Register a, Register b) { return _mm512_max_ps(a, b); }
  static Register multiply(Register a, Register b) { return _mm512_mul_ps(a, b); }
  static Register divide(Register a, Register b) { return _mm512_div_ps(a, b); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm512_fmadd_ps(a, b, c);
  }
  // Lanes 8 apart are added first, then 4, 2, 1.
  static float sum(Register value) {
    const __m256 upper = _mm512_extractf32x8_ps(value, 1);
    const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(value), upper);
    const __m128 quad = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 pair = _mm_add_ps(quad, _mm_movehl_ps(quad, quad));
    return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
  }

  // The same for 16 at once: lane l of quarter q is the sum of x[q + 4 l].
  static Register sum_all(const Register (&x)[16]) {
    Register eights[8], quads[4], pairs[2];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
      eights[i] = _mm512_add_ps(_mm512_shuffle_f32x4(x[2 * i], x[2 * i + 1], 0x44),
                                _mm512_shuffle_f32x4(x[2 * i], x[2 * i + 1], 0xee));
    }
#pragma GCC unroll 8
    for (int i = 0; i < 4; ++i) {
      quads[i] = _mm512_add_ps(_mm512_shuffle_f32x4(eights[2 * i], eights[2 * i + 1], 0x88),
                               _mm512_shuffle_f32x4(eights[2 * i], eights[2 * i + 1], 0xdd));
    }
    for (int i = 0; i < 2; ++i) {
      pairs[i] = _mm512_add_ps(_mm512_shuffle_ps(quads[2 * i], quads[2 * i + 1], 0x44),
                               _mm512_shuffle_ps(quads[2 * i], quads[2 * i + 1], 0xee));
    }
    return _mm512_add_ps(_mm512_shuffle_ps(pairs[0], pairs[1], 0x88),
                         _mm512_shuffle_ps(pairs[0], pairs[1], 0xdd));
  }

  // 2^n · e^r with |r| ≤ ln 2 / 2.
  static Register exp(Register x) {
    x = _mm512_min_ps(_mm512_max_ps(x, all(-87.0f)), all(88.0f));
    const Register n = _mm512_roundscale_ps(_mm512_mul_ps(x, all(1.44269504f)), 0);
    Register r = _mm512_fnmadd_ps(n, all(0.693359375f), x);
    r = _mm512_fnmadd_ps(n, all(-2.12194440e-4f), r);
    Register power = all(exp_series[0]);
    for (int i = 1; i < exp_terms; ++i) power = _mm512_fmadd_ps(power, r, all(exp_series[i]));
    return _mm512_scalef_ps(power, n);
  }
};

}  // namespace
}  // namespace engine::backend::cpu
