// From rows as GGUF has them to the planes of matrix.h; on the host, when weights are uploaded.
#pragma once

#include <cstddef>
#include <span>

#include "engine/backend/cuda/matrix.h"
#include "engine/gguf/weight_type.h"
#include "engine/model/weights.h"

namespace engine::backend::cuda {

Format format_of(gguf::WeightType type);
RowLayout row_layout(gguf::WeightType type, int columns);

// `row`: gguf::row_bytes(type, columns) bytes. `to`: row_layout(…).bytes bytes; padding becomes 0.
void repack_row(gguf::WeightType type, int columns, std::span<const std::byte> row,
                std::span<std::byte> to);

// A matrix's shape on the device; its data is set once it is uploaded.
DeviceMatrix device_matrix(gguf::WeightType type, int64_t rows, int64_t columns);

// All rows, on all cores, as rows of the type `as`: the matrix's own, or f32 or f16 for a matrix
// with an adapter, whose product is then in the rows.
void repack(const model::Matrix& matrix, gguf::WeightType as, std::byte* to);

}  // namespace engine::backend::cuda
