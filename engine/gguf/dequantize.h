// Weights as float32: the specification of every weight type lemma computes with.
#pragma once

#include <cstddef>
#include <span>

#include "engine/gguf/weight_type.h"

namespace engine::gguf {

// Whether rows of `type` can be read; files may hold types that nothing computes with yet.
bool can_dequantize(WeightType type);

// `row` holds row_bytes(type, values.size()) bytes, aligned or not.
void dequantize_row(WeightType type, std::span<const std::byte> row, std::span<float> values);

}  // namespace engine::gguf
