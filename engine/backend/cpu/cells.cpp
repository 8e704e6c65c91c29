#include "engine/backend/cpu/cells.h"

#include <algorithm>

namespace engine::backend::cpu {

void write(const FloatKernels& kernels, std::span<const float> values, Cells to) {
  if (to.type == CellType::half) {
    kernels.to_half(values.data(), static_cast<int>(values.size()), to.halves());
  } else {
    std::copy(values.begin(), values.end(), to.floats());
  }
}

void read(const FloatKernels& kernels, Cells from, std::span<float> values) {
  if (from.type == CellType::half) {
    kernels.from_half(from.halves(), static_cast<int>(values.size()), values.data());
  } else {
    std::copy_n(from.floats(), values.size(), values.begin());
  }
}

void multiply_rows(const FloatKernels& kernels, const float* a, size_t a_stride, int a_rows,
                   Cells b, size_t b_stride, int b_rows, int width, float* c, size_t c_stride) {
  if (b.type == CellType::half) {
    kernels.multiply_half_rows(a, a_stride, a_rows, b.halves(), b_stride, b_rows, width, c,
                               c_stride);
  } else {
    kernels.multiply_rows(a, a_stride, a_rows, b.floats(), b_stride, b_rows, width, c, c_stride);
  }
}

void add_weighted_rows(const FloatKernels& kernels, const float* p, size_t p_stride, int p_rows,
                       Cells b, size_t b_stride, int b_rows, int width, float* c, size_t c_stride) {
  if (b.type == CellType::half) {
    kernels.add_weighted_half_rows(p, p_stride, p_rows, b.halves(), b_stride, b_rows, width, c,
                                   c_stride);
  } else {
    kernels.add_weighted_rows(p, p_stride, p_rows, b.floats(), b_stride, b_rows, width, c,
                              c_stride);
  }
}

}  // namespace engine::backend::cpu
