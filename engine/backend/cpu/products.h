// Products of weights and batches of rows, spread over the threads.
#pragma once

#include <span>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/kernels.h"
#include "engine/backend/cpu/tiles.h"
#include "engine/backend/cpu/weights.h"
#include "engine/base/thread_pool.h"

namespace engine::backend::cpu {

// Batches of up to so many rows compute each as if it were alone.
inline constexpr int few_rows = exact_rows;

// What every operation needs to run.
struct Machine {
  const Q8Kernels& q8;
  const LevelKernels& levels;
  const FloatKernels& floats;
  base::ThreadPool& threads;
  Tiles* tiles = nullptr;        // null where there are none
  Tiles* exact_tiles = nullptr;  // for what gives a row its bits whatever the step

  // For a step of `rows` rows. In small ones each row has the bits it has alone; products by tiles,
  // which add up otherwise, are for the others.
  Machine for_rows(int rows) const {
    return {q8, levels, floats, threads, rows <= few_rows ? nullptr : tiles, exact_tiles};
  }
};

// A batch of rows and, where their width is a multiple of 32, the same rounded to 8 bits. Keeps its
// memory from one use to the next.
class Activations {
 public:
  // Room for `rows` rows; their values are then undefined.
  void resize(int rows, int width);
  int rows() const { return rows_; }
  int width() const { return width_; }
  std::span<float> row(int index) {
    return {values_.data() + size_t(index) * width_, size_t(width_)};
  }
  std::span<float> values() { return {values_.data(), size_t(rows_) * width_}; }
  // After the values were set, before a product with weights that take rounded activations: in one
  // go, or after `begin_rounding` some rows at a time, on any thread; `first` is a multiple of 16.
  void quantize(const Machine& machine);
  void begin_rounding(const Machine& machine);
  void quantize_rows(const Machine& machine, int first, int count);
  // Keeps the rows `kept`, ascending; they must be quantized anew.
  void keep(std::span<const int> kept);

  Row view(int index) const;
  std::vector<Row> views() const;

 private:
  int blocks() const { return width_ % block_columns == 0 ? width_ / block_columns : 0; }
  int spans() const { return (width_ + span_columns - 1) / span_columns; }
  size_t tile_offset(int row) const { return size_t(row / tile_tokens) * tile_tokens * width_; }

  int rows_ = 0;
  int width_ = 0;
  AlignedBuffer<float> values_;
  std::vector<int8_t> quantized_;
  std::vector<float> scales_;
  std::vector<int32_t> block_sums_;
  std::vector<float> part_sums_;
  bool arranged_ = false;
  AlignedBuffer<RowSpan> spans_;
  bool tiled_ = false;
  AlignedBuffer<uint16_t> tile_pairs_;  // [row / 16][step][pair][token][2]
};

// y[i] = weights[index] · x[i] for each i, and what an adapter adds, in float32; y[i] has room for
// weights.rows() values.
struct Product {
  const WeightStack* weights;
  int index;
  std::span<const Row> x;
  std::span<float* const> y;
};

// All products in one parallel loop; their rows are the tasks.
void multiply(const Machine& machine, std::span<const Product> products);

// Some groups of 16 rows of one product, on the calling thread, which is `thread`.
void multiply_groups(const Machine& machine, const Product& product, int first_group,
                     int group_count, int thread);

// The rows of `batch` as targets of a product.
std::vector<float*> targets(Activations& batch);

}  // namespace engine::backend::cpu
