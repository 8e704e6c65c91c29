// 8-bit floats in the emulation: by the arithmetic that older devices use, which
// tests/engine/cuda_emulation holds against the format's definition.
#pragma once

#include "cuda_emulation/half.h"

namespace engine::backend::cuda {

// Two products of halves, each rounded once. A float holds a product exactly.
inline uint32_t multiply_halves(uint32_t a, uint32_t b) {
  uint32_t result = 0;
  for (int shift = 0; shift < 32; shift += 16) {
    const float product = half_to_float(static_cast<uint16_t>(a >> shift)) *
                          half_to_float(static_cast<uint16_t>(b >> shift));
    result |= uint32_t{float_to_half(product)} << shift;
  }
  return result;
}

}  // namespace engine::backend::cuda

#include "engine/backend/cuda/e4m3.h"

namespace engine::backend::cuda {

// Two codes in the lower bytes as two halves, exactly.
inline uint32_t e4m3_to_halves(uint32_t two) { return e4m3_to_halves_by_arithmetic(two & 0xffff); }
// Two nearest codes, saturating.
inline uint32_t pack_e4m3(float low, float high) { return pack_e4m3_by_arithmetic(low, high); }

}  // namespace engine::backend::cuda
