// The float kernels that multiply: written once over a vector type, like the rest in
// float_kernels.h, and over what the rows of b are: floats, or halves that become floats as they
// are loaded. A row's sums are added up in one order whatever tile it is in.
#pragma once

#include "engine/backend/cpu/float_tiles.h"

namespace engine::backend::cpu {

// One tile of I × J sums in registers. The last columns are loaded with zeros behind them.
template <typename V, int I, int J, typename B>
inline void multiply_tile(const float* a, size_t a_stride, const B* b, size_t b_stride, int width,
                          float* c, size_t c_stride) {
  typename V::Register sum[I][J];
#pragma GCC unroll 8
  for (int i = 0; i < I; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < J; ++j) sum[i][j] = V::all(0);
  }
  int k = 0;
  for (; k + V::width <= width; k += V::width) {
    typename V::Register column[J];
#pragma GCC unroll 8
    for (int j = 0; j < J; ++j) column[j] = V::load(b + j * b_stride + k);
#pragma GCC unroll 8
    for (int i = 0; i < I; ++i) {
      const auto row = V::load(a + i * a_stride + k);
#pragma GCC unroll 8
      for (int j = 0; j < J; ++j) sum[i][j] = V::multiply_add(row, column[j], sum[i][j]);
    }
  }
  if (k < width) {
    typename V::Register column[J];
    for (int j = 0; j < J; ++j) column[j] = V::load_first(b + j * b_stride + k, width - k);
#pragma GCC unroll 8
    for (int i = 0; i < I; ++i) {
      const auto row = V::load_first(a + i * a_stride + k, width - k);
#pragma GCC unroll 8
      for (int j = 0; j < J; ++j) sum[i][j] = V::multiply_add(row, column[j], sum[i][j]);
    }
  }
  store_sums<V>(sum, c, c_stride);
}

template <typename V, int I, typename B>
inline void multiply_strip(const float* a, size_t a_stride, const B* b, size_t b_stride, int b_rows,
                           int width, float* c, size_t c_stride) {
  constexpr int columns = tile_columns<V>(I, 8);
  int j = 0;
  for (; j + columns <= b_rows; j += columns) {
    multiply_tile<V, I, columns>(a, a_stride, b + j * b_stride, b_stride, width, c + j, c_stride);
  }
  for (; j < b_rows; ++j) {
    multiply_tile<V, I, 1>(a, a_stride, b + j * b_stride, b_stride, width, c + j, c_stride);
  }
}

template <typename V, typename B>
void multiply_rows(const float* a, size_t a_stride, int a_rows, const B* b, size_t b_stride,
                   int b_rows, int width, float* c, size_t c_stride) {
  for_each_strip<V, B>(a_rows, [&]<int I>(int i) {
    multiply_strip<V, I>(a + i * a_stride, a_stride, b, b_stride, b_rows, width, c + i * c_stride,
                         c_stride);
  });
}

// I rows of c, K vectors wide.
template <typename V, int I, int K, typename B>
inline void add_weighted_tile(const float* p, size_t p_stride, const B* b, size_t b_stride,
                              int b_rows, float* c, size_t c_stride) {
  typename V::Register sum[I][K];
#pragma GCC unroll 8
  for (int i = 0; i < I; ++i) {
#pragma GCC unroll 8
    for (int k = 0; k < K; ++k) sum[i][k] = V::load(c + i * c_stride + k * V::width);
  }
  for (int j = 0; j < b_rows; ++j) {
    typename V::Register row[K];
#pragma GCC unroll 8
    for (int k = 0; k < K; ++k) row[k] = V::load(b + j * b_stride + k * V::width);
#pragma GCC unroll 8
    for (int i = 0; i < I; ++i) {
      const auto weight = V::all(p[i * p_stride + j]);
#pragma GCC unroll 8
      for (int k = 0; k < K; ++k) sum[i][k] = V::multiply_add(weight, row[k], sum[i][k]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < I; ++i) {
#pragma GCC unroll 8
    for (int k = 0; k < K; ++k) V::store(c + i * c_stride + k * V::width, sum[i][k]);
  }
}

template <typename V, int I, typename B>
inline void add_weighted_strip(const float* p, size_t p_stride, const B* b, size_t b_stride,
                               int b_rows, int width, float* c, size_t c_stride) {
  constexpr int vectors = tile_columns<V>(I, 4);
  int k = 0;
  for (; k + vectors * V::width <= width; k += vectors * V::width) {
    add_weighted_tile<V, I, vectors>(p, p_stride, b + k, b_stride, b_rows, c + k, c_stride);
  }
  for (; k + V::width <= width; k += V::width) {
    add_weighted_tile<V, I, 1>(p, p_stride, b + k, b_stride, b_rows, c + k, c_stride);
  }
  if (k == width) return;
  for (int i = 0; i < I; ++i) {
    auto sum = V::load_first(c + i * c_stride + k, width - k);
    for (int j = 0; j < b_rows; ++j) {
      const auto row = V::load_first(b + j * b_stride + k, width - k);
      sum = V::multiply_add(V::all(p[i * p_stride + j]), row, sum);
    }
    V::store_first(c + i * c_stride + k, width - k, sum);
  }
}

template <typename V, typename B>
void add_weighted_rows(const float* p, size_t p_stride, int p_rows, const B* b, size_t b_stride,
                       int b_rows, int width, float* c, size_t c_stride) {
  for_each_strip<V, B>(p_rows, [&]<int I>(int i) {
    add_weighted_strip<V, I>(p + i * p_stride, p_stride, b, b_stride, b_rows, width,
                             c + i * c_stride, c_stride);
  });
}

}  // namespace engine::backend::cpu
