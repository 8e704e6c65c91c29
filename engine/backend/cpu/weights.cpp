#include "engine/backend/cpu/weights.h"

#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "engine/gguf/half.h"
#include "engine/gguf/quantize.h"

namespace engine::backend::cpu {
namespace {

constexpr size_t q8_0_block_bytes = 34;  // half scale, int8 values[32]
constexpr auto block_alignment = std::align_val_t{alignof(WeightBlock)};

}  // namespace

void WeightStack::Free::operator()(WeightBlock* blocks) const {
  ::operator delete[](blocks, block_alignment);
}

void WeightStack::allocate(int count) {
  const size_t size = size_t(count) * groups() * blocks() * sizeof(WeightBlock);
  packed_.reset(static_cast<WeightBlock*>(::operator new[](size, block_alignment)));
  // Only the rows past the last keep these zeros.
  if (rows_ % group_rows == 0) return;
  for (int index = 0; index < count; ++index) {
    WeightBlock* const last = packed_.get() + (int64_t{index + 1} * groups() - 1) * blocks();
    std::memset(static_cast<void*>(last), 0, blocks() * sizeof(WeightBlock));
  }
}

void WeightStack::pack_row(int index, int row, std::span<const std::byte> q8_0) {
  const int lane = row % group_rows;
  WeightBlock* const group_blocks = const_cast<WeightBlock*>(group(index, row / group_rows));
  for (int block = 0; block < blocks(); ++block) {
    const std::byte* const from = q8_0.data() + block * q8_0_block_bytes;
    uint16_t half;
    std::memcpy(&half, from, sizeof half);
    WeightBlock& to = group_blocks[block];
    to.scale[lane] = gguf::half_to_float(half);
    for (int quad = 0; quad < block_columns / 4; ++quad) {
      std::memcpy(to.quad[quad][lane], from + 2 + 4 * quad, 4);
    }
  }
}

WeightStack WeightStack::from(const model::Matrix& matrix) {
  return from(model::MatrixStack{matrix, matrix.rows, 0, matrix.rows});
}

WeightStack WeightStack::from(const model::MatrixStack& stack) {
  WeightStack result;
  if (stack.all.empty()) return result;
  result.rows_ = static_cast<int>(stack.rows);
  result.columns_ = static_cast<int>(stack.all.columns);
  result.in_file_ = stack;
  return result;
}

void WeightStack::keep(const model::Vector& values, gguf::WeightType type, int64_t rows,
                       int64_t columns) {
  const size_t row_bytes = gguf::row_bytes(type, columns);
  const auto all_rows = static_cast<int64_t>(values.size()) / columns;
  owned_.resize(all_rows * row_bytes);
  for (int64_t row = 0; row < all_rows; ++row) {
    gguf::quantize_row(type, std::span(values).subspan(row * columns, columns),
                       std::span(owned_).subspan(row * row_bytes, row_bytes));
  }
  in_file_ = {{type, all_rows, columns, row_bytes, owned_.data()}, rows, 0, rows};
}

WeightStack WeightStack::from(const model::Vector& values, int count, int64_t rows, int64_t columns,
                              Precision precision) {
  WeightStack result;
  result.rows_ = static_cast<int>(rows);
  result.columns_ = static_cast<int>(columns);
  if (precision != Precision::q8_0 || columns % block_columns != 0) {
    const bool halves = precision == Precision::f16;
    result.keep(values, halves ? gguf::WeightType::f16 : gguf::WeightType::f32, rows, columns);
    return result;
  }
  result.allocate(count);
  std::vector<std::byte> bytes(result.blocks() * q8_0_block_bytes);
  for (int64_t row = 0; row < count * rows; ++row) {
    const std::span weights(values.data() + row * columns, columns);
    gguf::quantize_row(gguf::WeightType::q8_0, weights, bytes);
    result.pack_row(static_cast<int>(row / rows), static_cast<int>(row % rows), bytes);
  }
  return result;
}

}  // namespace engine::backend::cpu
