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
  static constexpr int tile = 4;  // 4 × 4 sums and 5 operands in 32 registers

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
  static Register load_half(const uint16_t* from, int count) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first(count), from));
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
  static float sum(Register value) { return _mm512_reduce_add_ps(value); }

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
