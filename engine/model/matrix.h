// Matrices of a model as they lie in its mapped file, with what an adapter adds to their products.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/gguf/weight_type.h"
#include "engine/model/adapter.h"

namespace engine::model {

// A view; lives as long as the file it was read from.
struct Matrix {
  gguf::WeightType type = gguf::WeightType::f32;
  int64_t rows = 0;
  int64_t columns = 0;
  size_t row_bytes = 0;
  const std::byte* data = nullptr;
  LowRank adapter = {};  // what products have besides

  bool empty() const { return data == nullptr; }
  std::span<const std::byte> row(int64_t index) const {
    return {data + index * row_bytes, row_bytes};
  }
  Matrix slice(int64_t first_row, int64_t row_count) const {
    return {type,
            row_count,
            columns,
            row_bytes,
            data + first_row * row_bytes,
            adapter.empty() ? adapter : adapter.from_row(first_row)};
  }
};

// `count` matrices of one shape, one after another; the rows of each may again be in parts. Or they
// lie apart, as a Hugging Face directory has them.
struct MatrixStack {
  Matrix all;  // [count · stride][columns]; the first alone where they lie apart
  int64_t stride = 0;
  int64_t first_row = 0;
  int64_t rows = 0;
  std::vector<const std::byte*> apart = {};  // each one's data; empty where they do not lie apart
  std::vector<LowRank> adapters = {};        // each one's; empty where `all` has what there is

  Matrix at(int64_t index) const {
    Matrix matrix = apart.empty()
                        ? all.slice(index * stride + first_row, rows)
                        : Matrix{all.type, rows, all.columns, all.row_bytes, apart[index]};
    if (!adapters.empty()) matrix.adapter = adapters[index];
    return matrix;
  }
};

}  // namespace engine::model
