// Conversion of 8-bit floats on a GPU; the emulated twins are in
// tests/support/cuda_emulation/e4m3.h. Included by dialect_nvcc.h alone.
#pragma once

namespace engine::backend::cuda {

DEVICE uint32_t multiply_halves(uint32_t a, uint32_t b) {
  const auto halves = [](uint32_t word) { return *reinterpret_cast<const __half2*>(&word); };
  const __half2 product = __hmul2(halves(a), halves(b));
  return *reinterpret_cast<const uint32_t*>(&product);
}

}  // namespace engine::backend::cuda

#include "engine/backend/cuda/e4m3.h"

namespace engine::backend::cuda {

DEVICE uint32_t e4m3_to_halves(uint32_t two) {
#if __CUDA_ARCH__ >= 890
  uint32_t halves;
  asm("cvt.rn.f16x2.e4m3x2 %0, %1;" : "=r"(halves) : "h"(static_cast<uint16_t>(two)));
  return halves;
#else
  return e4m3_to_halves_by_arithmetic(two & 0xffff);
#endif
}

DEVICE uint32_t pack_e4m3(float low, float high) {
#if __CUDA_ARCH__ >= 890
  uint16_t two;
  asm("cvt.rn.satfinite.e4m3x2.f32 %0, %1, %2;" : "=h"(two) : "f"(high), "f"(low));
  return two;
#else
  return pack_e4m3_by_arithmetic(low, high);
#endif
}

}  // namespace engine::backend::cuda
