// float32 rows as stored weights. Q4_0 to Q8_0 and the float types come out bit for bit as
// llama.cpp writes them; the others take each part's range from its extremes, without llama.cpp's
// search for a smaller error: good for tests and random models, not for publishing a model.
#pragma once

#include <cstddef>
#include <span>

#include "engine/gguf/weight_type.h"

namespace engine::gguf {

// `row` has room for row_bytes(type, values.size()) bytes. Values that are not finite stay so in
// the float types; in a block type they make the result of their block unspecified, never
// undefined. Not of a type of is_of_grid().
void quantize_row(WeightType type, std::span<const float> values, std::span<std::byte> row);

}  // namespace engine::gguf
