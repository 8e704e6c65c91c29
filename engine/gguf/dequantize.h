// Weights as float32: the specification of every weight type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/gguf/weight_type.h"

namespace engine::gguf {

// What the 4-bit levels of IQ4_NL and IQ4_XS stand for.
inline constexpr int8_t iq4_levels[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                          1,    13,   25,  38,  53,  69,  89,  113};
// Those of MXFP4, doubled so that they are whole.
inline constexpr int8_t mxfp4_levels[16] = {0, 1,  2,  3,  4,  6,  8,  12,
                                            0, -1, -2, -3, -4, -6, -8, -12};

// `row` holds row_bytes(type, values.size()) bytes, aligned or not.
void dequantize_row(WeightType type, std::span<const std::byte> row, std::span<float> values);

}  // namespace engine::gguf
