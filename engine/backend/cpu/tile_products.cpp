#include "engine/backend/cpu/tile_products.h"

#include <algorithm>

namespace engine::backend::cpu {
namespace {

// Whether rows are the first of a tile, in order.
bool are_tile(std::span<const Row> rows) {
  const uint16_t* const first = rows[0].tile_pairs;
  bool result = first != nullptr && reinterpret_cast<uintptr_t>(first) % 64 == 0;
  for (size_t t = 1; t < rows.size() && result; ++t) result = rows[t].tile_pairs == first + 2 * t;
  return result;
}

void round_floats(const Machine& machine, const model::Matrix& matrix, int group, int first_column,
                  int columns, TileScratch& scratch, uint16_t* to) {
  const int first_row = group * group_rows;
  const int rows = std::min(group_rows, static_cast<int>(matrix.rows) - first_row);
  float* const widened = scratch.widened.sized(size_t(group_rows) * chunk_columns);
  const float* values[group_rows];
  for (int row = 0; row < rows; ++row) {
    const std::byte* const bytes = matrix.row(first_row + row).data();
    if (matrix.type == gguf::WeightType::f32) {
      values[row] = reinterpret_cast<const float*>(bytes) + first_column;
    } else {
      values[row] = widened + row * chunk_columns;
      machine.floats.from_half(reinterpret_cast<const uint16_t*>(bytes) + first_column, columns,
                               widened + row * chunk_columns);
    }
  }
  machine.tiles->kernels.round_rows(values, rows, columns, to);
}

// The kernel for these weights in this order; null where they go by their levels.
RoundBytes round_bytes_of(const ByteKernels& kernels, gguf::WeightType type, ColumnOrder order) {
  using gguf::WeightType;
  if (order == ColumnOrder::woven) return type == WeightType::q4_k ? kernels.q4_k_woven : nullptr;
  return type == WeightType::q4_0   ? kernels.q4_0
         : type == WeightType::q5_0 ? kernels.q5_0
         : type == WeightType::q8_0 ? kernels.q8_0
                                    : nullptr;
}

// Rows are read a chunk at a time, which no processor foresees: what comes next of each, or of the
// row that takes its place, is asked for meanwhile.
void prefetch(const uint8_t* from, size_t size) {
  const auto address = reinterpret_cast<uintptr_t>(from);
  for (size_t line = 0; line < size + 63; line += 64) {
    __builtin_prefetch(reinterpret_cast<const void*>(address + line));
  }
}

// Columns first_column … of a group in the file, in bfloat16; says in which order.
ColumnOrder round_file_chunk(const Machine& machine, const Group& from, int first_column,
                             int columns, ColumnOrder wanted, TileScratch& scratch, uint16_t* to) {
  const TileKernels& kernels = machine.tiles->kernels;
  const model::Matrix matrix = from.weights->matrix(from.index);
  const size_t offset = gguf::row_bytes(matrix.type, first_column);
  const int first_row = from.group * group_rows;
  const int rows = std::min(group_rows, from.weights->rows() - first_row);
  const bool ends = first_column + columns == matrix.columns;
  const size_t size = gguf::row_bytes(matrix.type, columns);
  const size_t ahead = ends ? 2 * group_rows * matrix.row_bytes - offset : size;
  const uint8_t* bytes[group_rows];
  for (int row = 0; row < group_rows; ++row) {  // the last one again where there are fewer
    const auto some = matrix.row(first_row + std::min(row, rows - 1)).subspan(offset);
    bytes[row] = reinterpret_cast<const uint8_t*>(some.data());
  }
  if (const auto round = round_bytes_of(kernels.bytes, matrix.type, wanted)) {
    for (int row = 0; row < rows; ++row) prefetch(bytes[row] + ahead, size);
    round(bytes, columns, to);
    return wanted;
  }
  const Unpack unpack = unpack_of(machine.levels, matrix.type);
  const LevelRange range = level_range(matrix.type);
  const Levels levels{scratch.levels, scratch.scales, scratch.minimums};
  for (int row = 0; row < rows; ++row) {
    prefetch(bytes[row] + ahead, size);
    unpack(bytes[row], columns, levels);
    kernels.round_levels(levels, columns, range, row, to);
  }
  return ColumnOrder::plain;
}

// Columns first_column … of a group in bfloat16.
void round_chunk(const Machine& machine, const Group& from, int first_column, int columns,
                 ColumnOrder order, TileScratch& scratch, uint16_t* to) {
  const TileKernels& kernels = machine.tiles->kernels;
  ColumnOrder is = ColumnOrder::plain;
  if (from.weights->is_packed()) {
    const WeightBlock* const blocks = from.weights->group(from.index, from.group);
    kernels.round_blocks(blocks + first_column / block_columns, columns / block_columns, to);
  } else if (from.weights->is_levels()) {
    is = round_file_chunk(machine, from, first_column, columns, order, scratch, to);
  } else {
    const model::Matrix matrix = from.weights->matrix(from.index);
    round_floats(machine, matrix, from.group, first_column, columns, scratch, to);
  }
  if (is != order) kernels.weave(to, columns);
}

void multiply_some(const Machine& machine, const Product& product, int first_group, int end_group,
                   TileScratch& scratch) {
  const int columns = product.weights->columns(), tokens = static_cast<int>(product.x.size());
  const auto x = token_tiles(*machine.tiles, product.x, columns, scratch);
  const int tiles = static_cast<int>(x.size());
  const int step = groups_at_once(x.size());
  for (int first = first_group; first < end_group; first += step) {
    Group some[most_groups];
    const int count = std::min(step, end_group - first);
    for (int i = 0; i < count; ++i) some[i] = {product.weights, product.index, first + i};
    const auto groups = std::span(some).first(count);
    const TileSums* const sums = sum_groups(machine, groups, x, scratch);
    for (size_t i = 0; i < groups.size(); ++i) {
      const int first_row = groups[i].group * group_rows;
      const int rows = std::min(group_rows, product.weights->rows() - first_row);
      for (int tile = 0; tile < tiles; ++tile) {
        const int token = tile * tile_tokens;
        machine.tiles->kernels.store(sums[i * tiles + tile], std::min(tile_tokens, tokens - token),
                                     product.y.data() + token, first_row, rows);
      }
    }
  }
}

}  // namespace

TokenTiles token_tiles(const Tiles& tiles, std::span<const Row> x, int columns,
                       TileScratch& scratch) {
  const size_t count = (x.size() + tile_tokens - 1) / tile_tokens;
  const size_t size = size_t(columns) * tile_tokens;
  const auto rows_of = [&](size_t tile) {
    const size_t first = tile * tile_tokens;
    return x.subspan(first, std::min<size_t>(tile_tokens, x.size() - first));
  };
  const ColumnOrder order = tiles.order_of(columns);
  scratch.tiles.resize(count);
  size_t strewn = 0;
  for (size_t i = 0; i < count; ++i) {
    scratch.tiles[i] = are_tile(rows_of(i)) ? rows_of(i)[0].tile_pairs : nullptr;
    if (scratch.tiles[i] == nullptr) ++strewn;
  }
  uint16_t* own = scratch.gathered.sized(strewn * size);
  for (size_t i = 0; i < count; ++i) {
    if (scratch.tiles[i] != nullptr) continue;
    const auto rows = rows_of(i);
    const float* values[tile_tokens];
    for (size_t t = 0; t < rows.size(); ++t) values[t] = rows[t].values;
    tiles.kernels.interleave(values, static_cast<int>(rows.size()), columns, order, own);
    scratch.tiles[i] = own;
    own += size;
  }
  return {scratch.tiles, order};
}

TileSums* sum_groups(const Machine& machine, std::span<const Group> groups, const TokenTiles& x,
                     TileScratch& scratch) {
  constexpr size_t chunk_size = size_t(chunk_columns) * group_rows;
  const int columns = groups[0].weights->columns(), tiles = static_cast<int>(x.size());
  uint16_t* const values = scratch.weights.sized(2 * chunk_size);
  const uint16_t* const weights[] = {values, values + chunk_size};
  TileSums* const sums = scratch.sums.sized(groups.size() * x.size());
  for (int column = 0; column < columns; column += chunk_columns) {
    const int count = std::min(chunk_columns, columns - column);
    for (size_t first = 0; first < groups.size(); first += 2) {
      const auto both = groups.subspan(first, std::min<size_t>(2, groups.size() - first));
      for (size_t i = 0; i < both.size(); ++i) {
        round_chunk(machine, both[i], column, count, x.order, scratch, values + i * chunk_size);
      }
      machine.tiles->kernels.multiply(
          weights, static_cast<int>(both.size()), x.tiles.data(), tiles, column / step_columns,
          count / step_columns, sums + first * x.size(), column == 0 ? Sums::begin : Sums::go_on);
    }
  }
  return sums;
}

int groups_at_once(size_t tiles) { return tiles > 8 ? most_groups : 2; }

void multiply_tiles(const Machine& machine, const Product& product, int first_group,
                    int group_count, int thread) {
  constexpr size_t most = size_t(most_tiles) * tile_tokens;
  for (size_t first = 0; first < product.x.size(); first += most) {
    const size_t count = std::min(most, product.x.size() - first);
    const Product some{product.weights, product.index, product.x.subspan(first, count),
                       product.y.subspan(first, count)};
    multiply_some(machine, some, first_group, first_group + group_count,
                  machine.tiles->scratch[thread]);
  }
}

}  // namespace engine::backend::cpu
