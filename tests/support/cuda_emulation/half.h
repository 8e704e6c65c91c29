// Half precision in the emulation, by the engine's own conversions.
#pragma once

#include <engine/gguf/half.h>

namespace engine::backend::cuda {

inline float half_to_float(uint16_t half) { return gguf::half_to_float(half); }
inline uint16_t float_to_half(float value) { return gguf::float_to_half(value); }

}  // namespace engine::backend::cuda
