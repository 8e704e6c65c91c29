#include "engine/backend/cpu/products.h"

#include <algorithm>
#include <cstring>

#include "engine/backend/cpu/read_ahead.h"
#include "engine/backend/cpu/tile_products.h"
#include "engine/gguf/dequantize.h"

namespace engine::backend::cpu {
namespace {

// Tokens whose rounded activations fit in the second-level cache beside a group of weights.
constexpr size_t cached_bytes = 512 * 1024;

void multiply_packed(const Machine& machine, const Product& product, int first_group,
                     int group_count) {
  const WeightStack& weights = *product.weights;
  const int tokens = static_cast<int>(product.x.size());
  const int step = std::max<int>(8, int(cached_bytes / weights.columns()) / 8 * 8);
  for (int token = 0; token < tokens; token += step) {
    const int count = std::min(step, tokens - token);
    for (int group = first_group; group < first_group + group_count; ++group) {
      const int first_row = group * group_rows;
      machine.q8.multiply(weights.group(product.index, group), weights.blocks(),
                          product.x.data() + token, count, product.y.data() + token, first_row,
                          std::min(group_rows, weights.rows() - first_row));
    }
  }
}

// Rows unpacked one after another, zeros behind them up to whole spans of 256 columns.
class LevelRows {
 public:
  LevelRows(int rows, int columns) {
    const size_t spans = size_t(columns + span_columns - 1) / span_columns;
    const size_t width = spans * span_columns, parts = spans * span_parts;
    levels_.resize(rows * width);
    factors_.resize(2 * rows * parts);
    for (int row = 0; row < rows; ++row) {
      rows_.push_back({levels_.data() + row * width, factors_.data() + 2 * row * parts,
                       factors_.data() + (2 * row + 1) * parts});
    }
  }
  const Levels& operator[](int row) const { return rows_[row]; }
  const Levels* data() const { return rows_.data(); }

 private:
  std::vector<uint8_t> levels_;
  std::vector<float> factors_;
  std::vector<Levels> rows_;
};

const uint8_t* row_bytes(const model::Matrix& matrix, int row) {
  return reinterpret_cast<const uint8_t*>(matrix.row(row).data());
}

// Products of up to few_rows tokens take row after row; interleaving pays for more alone. The two
// add up in different orders.
void multiply_level_rows(const Machine& machine, const Product& product, int first_row,
                         int end_row) {
  const model::Matrix matrix = product.weights->matrix(product.index);
  const Unpack unpack = unpack_of(machine.levels, matrix.type);
  const int columns = product.weights->columns(), tokens = static_cast<int>(product.x.size());
  if (const MultiplyBytes at_once = few_tokens_of(machine.levels, matrix.type)) {
    const RowBytes rows{row_bytes(matrix, first_row), matrix.row_bytes, end_row - first_row};
    return at_once(rows, columns, product.x.data(), tokens, product.y.data(), first_row);
  }
  ReadAhead ahead(row_bytes(matrix, end_row - 1) + matrix.row_bytes);
  const LevelRows levels(1, columns);
  for (int row = first_row; row < end_row; ++row) {
    ahead.before(row_bytes(matrix, row), matrix.row_bytes);
    unpack(row_bytes(matrix, row), columns, levels[0]);
    machine.levels.multiply_row(levels[0], columns, product.x.data(), tokens, product.y.data(),
                                row);
  }
}

void multiply_level_groups(const Machine& machine, const Product& product, int first_row,
                           int end_row) {
  const model::Matrix matrix = product.weights->matrix(product.index);
  const Unpack unpack = unpack_of(machine.levels, matrix.type);
  const LevelRange range = level_range(matrix.type);
  const int columns = product.weights->columns(), blocks = product.weights->blocks();
  const LevelRows levels(group_rows, columns);
  std::vector<LevelBlock> group(blocks);
  for (int first = first_row; first < end_row; first += group_rows) {
    const int rows = std::min(group_rows, end_row - first);
    for (int row = 0; row < rows; ++row) {
      unpack(row_bytes(matrix, first + row), columns, levels[row]);
    }
    machine.levels.interleave(levels.data(), blocks, group.data());
    machine.levels.multiply(group.data(), blocks, range, product.x.data(),
                            static_cast<int>(product.x.size()), product.y.data(), first, rows);
  }
}

void multiply_levels(const Machine& machine, const Product& product, int first_group,
                     int group_count) {
  const int first_row = first_group * group_rows;
  const int end_row = std::min(product.weights->rows(), first_row + group_count * group_rows);
  const auto run = product.x.size() <= few_rows ? multiply_level_rows : multiply_level_groups;
  run(machine, product, first_row, end_row);
}

// `rows` as float32: in place where they are, else in `buffer`.
const float* float_rows(const FloatKernels& kernels, const model::Matrix& rows,
                        std::vector<float>& buffer) {
  using gguf::WeightType;
  if (rows.type == WeightType::f32) return reinterpret_cast<const float*>(rows.data);
  buffer.resize(rows.rows * rows.columns);
  if (rows.type == WeightType::f16 || rows.type == WeightType::bf16) {
    const auto convert = rows.type == WeightType::f16 ? kernels.from_half : kernels.from_bfloat;
    convert(reinterpret_cast<const uint16_t*>(rows.data), static_cast<int>(buffer.size()),
            buffer.data());
  } else {
    const std::span<const std::byte> bytes(rows.data, rows.rows * rows.row_bytes);
    gguf::dequantize_row(rows.type, bytes, buffer);
  }
  return buffer.data();
}

// The first rows that are equally far apart, in x and in y.
struct Stride {
  size_t x = 0, y = 0, count = 1;
};
Stride stride_of(std::span<const Row> x, std::span<float* const> y) {
  Stride stride;
  for (; stride.count < x.size(); ++stride.count) {
    const auto before = stride.count - 1;
    const ptrdiff_t x_step = x[stride.count].values - x[before].values;
    const ptrdiff_t y_step = y[stride.count] - y[before];
    if (before == 0 && x_step >= 0 && y_step >= 0) {
      stride.x = static_cast<size_t>(x_step);
      stride.y = static_cast<size_t>(y_step);
    } else if (x_step != ptrdiff_t(stride.x) || y_step != ptrdiff_t(stride.y)) {
      break;
    }
  }
  return stride;
}

void multiply_floats(const Machine& machine, const Product& product, int first_group,
                     int group_count) {
  const WeightStack& weights = *product.weights;
  const model::Matrix matrix = weights.matrix(product.index);
  const int columns = weights.columns();
  std::vector<float> buffer;
  // Widening halves once for all tokens pays for many alone; the sums are the same.
  const bool as_halves = matrix.type == gguf::WeightType::f16 && product.x.size() <= few_rows;
  for (int group = first_group; group < first_group + group_count; ++group) {
    const int first_row = group * group_rows;
    const int rows = std::min(group_rows, weights.rows() - first_row);
    const model::Matrix some = matrix.slice(first_row, rows);
    const float* const values = as_halves ? nullptr : float_rows(machine.floats, some, buffer);
    for (size_t token = 0, count; token < product.x.size(); token += count) {
      const Stride x = stride_of(product.x.subspan(token), product.y.subspan(token));
      count = x.count;
      const float* const from = product.x[token].values;
      float* const to = product.y[token] + first_row;
      if (as_halves) {
        machine.floats.multiply_half_rows(from, x.x, static_cast<int>(count),
                                          reinterpret_cast<const uint16_t*>(some.data), columns,
                                          rows, columns, to, x.y);
      } else {
        machine.floats.multiply_rows(from, x.x, static_cast<int>(count), values, columns, rows,
                                     columns, to, x.y);
      }
    }
  }
}

// low[t][k] = Σ_c a[k][c] · x[t][c] for some tokens, [token][rank].
void project_low(const Machine& machine, const Product& product, size_t first, size_t count,
                 float* low) {
  const model::LowRank adapter = product.weights->adapter(product.index);
  const int columns = product.weights->columns();
  for (size_t token = first, some; token < first + count; token += some) {
    const auto x = product.x.subspan(token, first + count - token);
    const Stride stride = stride_of(x, product.y.subspan(token, x.size()));
    some = stride.count;
    machine.floats.multiply_rows(x[0].values, stride.x, static_cast<int>(some), adapter.a, columns,
                                 adapter.rank, columns, low + token * adapter.rank, adapter.rank);
  }
}

// y[t][r] += Σ_k b[k][r] · low[t][k] for the rows of some groups.
void add_low_rank(const Machine& machine, const Product& product, const float* low, int first_group,
                  int group_count) {
  const model::LowRank adapter = product.weights->adapter(product.index);
  const int first_row = first_group * group_rows;
  const int rows = std::min(product.weights->rows() - first_row, group_count * group_rows);
  for (size_t token = 0, some; token < product.x.size(); token += some) {
    const Stride stride = stride_of(product.x.subspan(token), product.y.subspan(token));
    some = stride.count;
    machine.floats.add_weighted_rows(low + token * adapter.rank, adapter.rank,
                                     static_cast<int>(some), adapter.b + first_row, adapter.stride,
                                     adapter.rank, rows, product.y[token] + first_row, stride.y);
  }
}

// What the adapters' first matrices make of the rows, once for all tasks: [product][token][rank];
// empty where there is no adapter.
std::vector<std::vector<float>> project_all_low(const Machine& machine,
                                                std::span<const Product> products) {
  std::vector<std::vector<float>> low(products.size());
  std::vector<std::pair<int, size_t>> tasks;  // of a product, from a token on
  constexpr size_t step = 16;
  for (size_t i = 0; i < products.size(); ++i) {
    const model::LowRank adapter = products[i].weights->adapter(products[i].index);
    if (adapter.empty()) continue;
    low[i].resize(products[i].x.size() * adapter.rank);
    for (size_t token = 0; token < products[i].x.size(); token += step) {
      tasks.emplace_back(static_cast<int>(i), token);
    }
  }
  if (tasks.empty()) return low;
  machine.threads.parallel_for(static_cast<int>(tasks.size()), [&](int index, int) {
    const auto [i, token] = tasks[index];
    const size_t count = std::min(step, products[i].x.size() - token);
    project_low(machine, products[i], token, count, low[i].data());
  });
  return low;
}

void multiply_base(const Machine& machine, const Product& product, int first_group, int group_count,
                   int thread) {
  INVARIANT(product.x.size() == product.y.size());
  if (takes_tiles(machine, *product.weights)) {
    return multiply_tiles(machine, product, first_group, group_count, thread);
  }
  const WeightStack& weights = *product.weights;
  const auto run = weights.is_packed()   ? multiply_packed
                   : weights.is_levels() ? multiply_levels
                                         : multiply_floats;
  run(machine, product, first_group, group_count);
}

struct Task {
  int product, first_group, group_count;
};

// Enough tasks for every thread to get several, none so small that handing it out is what costs.
std::vector<Task> split(const Machine& machine, std::span<const Product> products) {
  const int threads = machine.threads.threads();
  constexpr int64_t least_work = 1 << 16;  // multiply-adds: some microseconds
  int64_t work = 0;
  for (const Product& product : products) {
    work += int64_t{product.weights->rows()} * product.weights->columns() *
            static_cast<int64_t>(product.x.size());
  }
  const int64_t task_work = threads == 1 ? work + 1 : std::max(least_work, work / (threads * 6));
  std::vector<Task> tasks;
  for (size_t i = 0; i < products.size(); ++i) {
    const Product& product = products[i];
    const int groups = product.weights->groups();
    const int64_t group_work =
        int64_t{group_rows} * product.weights->columns() * std::max<int64_t>(1, product.x.size());
    int step = static_cast<int>(std::clamp<int64_t>(task_work / group_work, 1, groups));
    if (takes_tiles(machine, *product.weights))
      step = std::min(groups, (step + 1) / 2 * 2);  // by twos
    for (int group = 0; group < groups && !product.x.empty(); group += step) {
      tasks.push_back({static_cast<int>(i), group, std::min(step, groups - group)});
    }
  }
  return tasks;
}

}  // namespace

void Activations::resize(int rows, int width) {
  tiled_ = arranged_ = false;
  rows_ = rows;
  width_ = width;
  const size_t size = size_t(rows) * width;
  values_.sized(size);
  const size_t block_count = size_t(rows) * blocks();
  if (scales_.size() >= block_count) return;
  quantized_.resize(block_count * block_columns);
  block_sums_.resize(block_count);
  part_sums_.resize(block_count * block_parts);
  scales_.resize(block_count);  // last: its size says that there is room for all
}

void Activations::begin_rounding(const Machine& machine) {
  tiled_ = machine.tiles != nullptr && blocks() > 0;
  if (tiled_) tile_pairs_.sized(tile_offset(rows_ + tile_tokens - 1));
  arranged_ = !tiled_ && blocks() > 0 && machine.levels.few_tokens.arrange != nullptr;
  if (arranged_) spans_.sized(size_t(rows_) * spans());
}

void Activations::quantize_rows(const Machine& machine, int first, int count) {
  for (int i = first; i < first + count && !tiled_; ++i) {
    const size_t block = size_t(i) * blocks();
    machine.q8.quantize(row(i).data(), blocks(), quantized_.data() + block * block_columns,
                        scales_.data() + block, block_sums_.data() + block,
                        part_sums_.data() + block * block_parts);
    if (arranged_)
      machine.levels.few_tokens.arrange(view(i), blocks(), spans_.data() + size_t(i) * spans());
  }
  for (int i = first; i < first + count && tiled_; i += tile_tokens) {
    const int tokens = std::min(tile_tokens, first + count - i);
    const float* rows[tile_tokens];
    for (int t = 0; t < tokens; ++t) rows[t] = row(i + t).data();
    machine.tiles->kernels.interleave(rows, tokens, width_, machine.tiles->order_of(width_),
                                      tile_pairs_.data() + tile_offset(i));
  }
}

void Activations::quantize(const Machine& machine) {
  if (blocks() == 0) return;
  begin_rounding(machine);
  constexpr int step = 16;
  machine.threads.parallel_for((rows_ + step - 1) / step, [&](int task, int) {
    quantize_rows(machine, task * step, std::min(step, rows_ - task * step));
  });
}

void Activations::keep(std::span<const int> kept) {
  for (size_t i = 0; i < kept.size(); ++i) {
    std::memmove(row(static_cast<int>(i)).data(), row(kept[i]).data(), width_ * sizeof(float));
  }
  rows_ = static_cast<int>(kept.size());
}

Row Activations::view(int index) const {
  const size_t first = size_t(index) * blocks();
  const int lane = index % tile_tokens;
  return {values_.data() + size_t(index) * width_,
          quantized_.data() + first * block_columns,
          scales_.data() + first,
          block_sums_.data() + first,
          part_sums_.data() + first * block_parts,
          arranged_ ? spans_.data() + size_t(index) * spans() : nullptr,
          tiled_ ? tile_pairs_.data() + tile_offset(index) + 2 * lane : nullptr};
}

std::vector<Row> Activations::views() const {
  std::vector<Row> result(rows_);
  for (int i = 0; i < rows_; ++i) result[i] = view(i);
  return result;
}

std::vector<float*> targets(Activations& batch) {
  std::vector<float*> result(batch.rows());
  for (int i = 0; i < batch.rows(); ++i) result[i] = batch.row(i).data();
  return result;
}

void multiply_groups(const Machine& machine, const Product& product, int first_group,
                     int group_count, int thread) {
  multiply_base(machine, product, first_group, group_count, thread);
  const int rank = product.weights->adapter(product.index).rank;
  if (rank == 0) return;
  std::vector<float> low(product.x.size() * rank);
  project_low(machine, product, 0, product.x.size(), low.data());
  add_low_rank(machine, product, low.data(), first_group, group_count);
}

void multiply(const Machine& machine, std::span<const Product> products) {
  const auto low = project_all_low(machine, products);
  const auto tasks = split(machine, products);
  machine.threads.parallel_for(static_cast<int>(tasks.size()), [&](int index, int thread) {
    const auto& [i, first_group, group_count] = tasks[index];
    multiply_base(machine, products[i], first_group, group_count, thread);
    if (low[i].empty()) return;
    add_low_rank(machine, products[i], low[i].data(), first_group, group_count);
  });
}

}  // namespace engine::backend::cpu
