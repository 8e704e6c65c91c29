#include "engine/backend/cpu/tile_rounding.h"

#include <algorithm>

namespace engine::backend::cpu {
namespace {

constexpr int piece_columns = woven_columns;  // of 16 rows that are rounded together

int count_of(int columns, int step) { return (columns + step - 1) / step; }

// The kernel for these weights in this order; null where there is none.
RoundBytes round_bytes_of(const ByteKernels& kernels, gguf::WeightType type, ColumnOrder order) {
  using gguf::WeightType;
  if (order == ColumnOrder::woven) return type == WeightType::q4_k ? kernels.q4_k_woven : nullptr;
  return type == WeightType::q4_0   ? kernels.q4_0
         : type == WeightType::q5_0 ? kernels.q5_0
         : type == WeightType::q8_0 ? kernels.q8_0
                                    : nullptr;
}

}  // namespace

GroupRounding::GroupRounding(const Machine& machine, const Group& from, ColumnOrder order,
                             TileScratch& scratch, uint16_t* to)
    : machine_(&machine), scratch_(&scratch), from_(from), order_(order), to_(to) {
  columns_ = from.weights->columns();
  const bool by_rows = from.weights->is_levels();
  pieces_ =
      by_rows ? group_rows * count_of(columns_, chunk_columns) : count_of(columns_, piece_columns);
  run_ = by_rows                     ? &GroupRounding::round_row
         : from.weights->is_packed() ? &GroupRounding::round_packed
                                     : &GroupRounding::round_floats;
  if (by_rows) prepare_rows();
}

void GroupRounding::prepare_rows() {
  const model::Matrix matrix = from_.weights->matrix(from_.index);
  const ByteKernels& bytes = machine_->tiles->kernels.bytes;
  round_ = round_bytes_of(bytes, matrix.type, order_);
  weaves_ = order_ == ColumnOrder::woven && round_ == nullptr;
  if (round_ == nullptr) round_ = round_bytes_of(bytes, matrix.type, ColumnOrder::plain);
  if (round_ == nullptr) unpack_ = unpack_of(machine_->levels, matrix.type);
  range_ = level_range(matrix.type);
  chunk_bytes_ = gguf::row_bytes(matrix.type, chunk_columns);
  chunks_ = count_of(columns_, chunk_columns);
  bytes_ = reinterpret_cast<const uint8_t*>(matrix.row(from_.group * group_rows).data());
  row_bytes_ = matrix.row_bytes;
  last_row_ = std::min(group_rows, from_.weights->rows() - from_.group * group_rows) - 1;
  ahead_ = ReadAhead(reinterpret_cast<const uint8_t*>(matrix.data + matrix.rows * row_bytes_));
}

// A chunk of a row from its bytes in the file; of the last one again where there are fewer.
void GroupRounding::round_row(int piece) {
  const int row = piece / chunks_, chunk = piece % chunks_;
  const int columns = std::min(chunk_columns, columns_ - chunk * chunk_columns);
  uint16_t* const to = to_ + chunk * chunk_columns * group_rows + row * step_columns;
  const uint8_t* const bytes =
      bytes_ + std::min(row, last_row_) * row_bytes_ + chunk * chunk_bytes_;
  ahead_.before(bytes, chunk_bytes_);
  if (unpack_ == nullptr) {
    round_(bytes, columns, to);
  } else {
    const Levels levels{scratch_->levels, scratch_->scales, scratch_->minimums};
    unpack_(bytes, columns, levels);
    machine_->tiles->kernels.round_levels(levels, columns, range_, to);
  }
  if (weaves_) machine_->tiles->kernels.weave(to, columns);
}

void GroupRounding::round_packed(int piece) {
  const int first = piece * piece_columns, columns = std::min(piece_columns, columns_ - first);
  const WeightBlock* const blocks = from_.weights->group(from_.index, from_.group);
  uint16_t* const to = to_ + first * group_rows;
  machine_->tiles->kernels.round_blocks(blocks + first / block_columns, columns / block_columns,
                                        to);
  weave_all(columns, to);
}

void GroupRounding::round_floats(int piece) {
  const int first = piece * piece_columns, columns = std::min(piece_columns, columns_ - first);
  const model::Matrix matrix = from_.weights->matrix(from_.index);
  const int first_row = from_.group * group_rows;
  const int rows = std::min(group_rows, static_cast<int>(matrix.rows) - first_row);
  float* const widened = scratch_->widened.sized(size_t(group_rows) * piece_columns);
  const float* values[group_rows];
  for (int row = 0; row < rows; ++row) {
    const std::byte* const bytes = matrix.row(first_row + row).data();
    if (matrix.type == gguf::WeightType::f32) {
      values[row] = reinterpret_cast<const float*>(bytes) + first;
    } else {
      values[row] = widened + row * piece_columns;
      machine_->floats.from_half(reinterpret_cast<const uint16_t*>(bytes) + first, columns,
                                 widened + row * piece_columns);
    }
  }
  uint16_t* const to = to_ + first * group_rows;
  machine_->tiles->kernels.round_rows(values, rows, columns, to);
  weave_all(columns, to);
}

void GroupRounding::weave_all(int columns, uint16_t* to) {
  if (order_ == ColumnOrder::plain) return;
  for (int row = 0; row < group_rows; ++row) {
    machine_->tiles->kernels.weave(to + row * step_columns, columns);
  }
}

}  // namespace engine::backend::cpu
