// For plain code that is worth compiling twice, for the baseline and for processors with AVX2: both
// inline the same body.
//
//   [[gnu::always_inline]] inline float sum_body(const float* x, size_t size) {…}
//   LEMMA_AVX2 float sum_avx2(const float* x, size_t size) { return sum_body(x, size); }
//   float sum(const float* x, size_t size) {
//     return has_avx2() ? sum_avx2(x, size) : sum_body(x, size);
//   }
//
// (The engine's kernels, which are written for their instructions, are files of their own.)
#pragma once

#if defined(__x86_64__)
#define LEMMA_AVX2 [[gnu::target("avx2,fma")]]
#else
#define LEMMA_AVX2
#endif

namespace engine::base {

inline bool has_avx2() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return has;
#else
  return false;
#endif
}

}  // namespace engine::base
