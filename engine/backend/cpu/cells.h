// The KV cache as attention sees it: cells of float32 or of half precision, one for each value that
// is kept of a position. The kernels read both as they lie there.
#pragma once

#include <cstddef>
#include <span>

#include "engine/backend/backend.h"
#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {

enum class CellType { float32, half };

inline size_t size_of(CellType type) {
  return type == CellType::half ? sizeof(uint16_t) : sizeof(float);
}

// Cells one after another.
struct Cells {
  std::byte* data;
  CellType type;

  Cells operator+(size_t count) const { return {data + count * size_of(type), type}; }
  float* floats() const { return reinterpret_cast<float*>(data); }
  uint16_t* halves() const { return reinterpret_cast<uint16_t*>(data); }
};

void write(const FloatKernels& kernels, std::span<const float> values, Cells to);
void read(const FloatKernels& kernels, Cells from, std::span<float> values);

// FloatKernels' products with rows of cells in the place of b; strides in values.
void multiply_rows(const FloatKernels& kernels, const float* a, size_t a_stride, int a_rows,
                   Cells b, size_t b_stride, int b_rows, int width, float* c, size_t c_stride);
void add_weighted_rows(const FloatKernels& kernels, const float* p, size_t p_stride, int p_rows,
                       Cells b, size_t b_stride, int b_rows, int width, float* c, size_t c_stride);

// One layer's part of the cache: [block][slot][stride]. A slot begins with Config::cache_dim()
// values in the order that backend/reference/operations.h gives them.
struct LayerCache {
  std::byte* data;
  int stride;  // in values
  CellType type;

  size_t block_bytes() const { return size_t{block_tokens} * stride * size_of(type); }
  Cells block(BlockId id) const { return {data + id * block_bytes(), type}; }
  Cells at(std::span<const BlockId> block_table, int position) const {
    return block(block_table[position / block_tokens]) + size_t(position % block_tokens) * stride;
  }
};

}  // namespace engine::backend::cpu
