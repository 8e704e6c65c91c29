// float32 rows as stored weights, bit for bit as llama.cpp writes them.
#pragma once

#include <cstddef>
#include <span>

#include "engine/gguf/weight_type.h"

namespace engine::gguf {

// Whether rows can be written as `type`.
bool can_quantize(WeightType type);

// `row` has room for row_bytes(type, values.size()) bytes. Values that are not finite stay so in
// the float types; in a block type they make the result of their block unspecified, never
// undefined.
void quantize_row(WeightType type, std::span<const float> values, std::span<std::byte> row);

}  // namespace engine::gguf
