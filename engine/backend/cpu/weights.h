// Weights as the kernels want them: those of the file as they lie there, so that memory holds them
// once; what is computed when a model is loaded, rounded to Q8_0 in groups of 16 rows (kernels.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/backend/cpu/kernels.h"
#include "engine/backend/cpu/levels.h"
#include "engine/model/weights.h"

namespace engine::backend::cpu {

// `count` matrices of one shape. Movable; views of float types live as long as the model's file.
class WeightStack {
 public:
  WeightStack() = default;
  static WeightStack from(const model::Matrix& matrix);
  static WeightStack from(const model::MatrixStack& stack);
  // From float32 values [count][rows][columns]: kept, as halves where that is what they were, or
  // rounded to Q8_0 where the columns allow it.
  enum class Precision { as_given, f16, q8_0 };
  static WeightStack from(const model::Vector& values, int count, int64_t rows, int64_t columns,
                          Precision precision);

  bool empty() const { return rows_ == 0; }
  bool is_packed() const { return packed_ != nullptr; }
  bool is_levels() const { return !is_packed() && has_levels(in_file_.all.type); }
  // Whether products are with activations rounded to 8 bits.
  bool takes_rounded() const { return is_packed() || is_levels(); }
  int rows() const { return rows_; }
  int columns() const { return columns_; }
  int groups() const { return (rows_ + group_rows - 1) / group_rows; }
  int blocks() const { return columns_ / block_columns; }

  // Of packed weights: the blocks of one group of 16 rows; rows past the last are zero.
  const WeightBlock* group(int index, int group_index) const {
    return packed_.get() + (int64_t{index} * groups() + group_index) * blocks();
  }
  // What products have besides; empty for what was computed when the model was loaded, which holds
  // it.
  model::LowRank adapter(int index) const {
    return in_file_.adapters.empty() ? in_file_.all.adapter : in_file_.adapters[index];
  }
  bool has_adapter() const { return !in_file_.adapters.empty() || !in_file_.all.adapter.empty(); }
  // Of weights that are not repacked.
  model::Matrix matrix(int index) const { return in_file_.at(index); }

 private:
  struct Free {
    void operator()(WeightBlock* blocks) const;
  };

  void allocate(int count);
  void keep(const model::Vector& values, gguf::WeightType type, int64_t rows, int64_t columns);
  void pack_row(int index, int row, std::span<const std::byte> q8_0);

  int rows_ = 0;
  int columns_ = 0;
  std::unique_ptr<WeightBlock[], Free> packed_;
  model::MatrixStack in_file_;
  std::vector<std::byte> owned_;  // what in_file_ views when it is not the file
};

}  // namespace engine::backend::cpu
