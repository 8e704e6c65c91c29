// The kernels that are compiled once for each instruction set, as tables of plain functions. Which
// table is used is decided when a backend is made. The *_avx2.cpp and *_avx512.cpp files include
// this header and no standard header with inline code: a function they emitted could be the one
// that the linker keeps for the whole program.
//
// Every kernel computes a row (of tokens, of queries) independently of the other rows of the call,
// with its sums in one fixed order: a row alone and in any batch gives the same bits.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace engine::backend::cpu {

// Q8_0 weights are kept in groups of 16 rows. A group is a sequence of blocks, one for each 32
// columns; the four bytes of quad[q][row] are columns 4q … 4q + 3 of the row, so that one vector
// holds a quad of 16 (or 8) rows and dot products need no sum across lanes.
inline constexpr int group_rows = 16;
inline constexpr int block_columns = 32;
struct alignas(64) WeightBlock {
  int8_t quad[block_columns / 4][group_rows][4];
  float scale[group_rows];
};

// A row of activations: the values, and where weights are Q8_0 also the values rounded to 8 bits
// with one scale for each 32. A multiple of 32 values then.
struct Row {
  const float* values = nullptr;
  const int8_t* quantized = nullptr;    // [width], within ±127
  const float* scales = nullptr;        // [width / 32]
  const int32_t* block_sums = nullptr;  // [width / 32], sums of `quantized`
};

struct Q8Kernels {
  void (*quantize)(const float* values, int blocks, int8_t* quantized, float* scales,
                   int32_t* block_sums);
  // y[t][first_row + r] = Σ_c weight[r][c] · x[t][c] for r < rows ≤ 16, the rows of one group.
  void (*multiply)(const WeightBlock* group, int blocks, const Row* x, int tokens, float* const* y,
                   int first_row, int rows);
};

struct FloatKernels {
  // c[i][j] = Σ_k a[i][k] · b[j][k]; strides in floats.
  void (*multiply_rows)(const float* a, size_t a_stride, int a_rows, const float* b,
                        size_t b_stride, int b_rows, int width, float* c, size_t c_stride);
  // c[i][k] += Σ_j p[i][j] · b[j][k]
  void (*add_weighted_rows)(const float* p, size_t p_stride, int p_rows, const float* b,
                            size_t b_stride, int b_rows, int width, float* c, size_t c_stride);
  // x = exp(scale · (x − max x)) / the sum of these
  void (*softmax)(float* x, int size, float scale);
  // gate = gate / (1 + exp(−gate)) · up
  void (*swiglu)(float* gate, const float* up, int size);
  void (*from_half)(const uint16_t* halves, int size, float* values);
  void (*from_bfloat)(const uint16_t* bfloats, int size, float* values);
};

extern const Q8Kernels q8_kernels_generic, q8_kernels_avx2, q8_kernels_avx512;
extern const FloatKernels float_kernels_generic, float_kernels_avx2, float_kernels_avx512;

}  // namespace engine::backend::cpu
