// The float kernels that multiply: written once over a vector type, like the rest in
// float_kernels.h.
#pragma once

#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {

// One tile of I × J sums in registers. The last columns are loaded with zeros behind them.
template <typename V, int I, int J>
inline void multiply_tile(const float* a, size_t a_stride, const float* b, size_t b_stride,
                          int width, float* c, size_t c_stride) {
  typename V::Register sum[I][J];
  for (int i = 0; i < I; ++i) {
    for (int j = 0; j < J; ++j) sum[i][j] = V::all(0);
  }
  int k = 0;
  for (; k + V::width <= width; k += V::width) {
    typename V::Register column[J];
    for (int j = 0; j < J; ++j) column[j] = V::load(b + j * b_stride + k);
    for (int i = 0; i < I; ++i) {
      const auto row = V::load(a + i * a_stride + k);
      for (int j = 0; j < J; ++j) sum[i][j] = V::multiply_add(row, column[j], sum[i][j]);
    }
  }
  if (k < width) {
    for (int i = 0; i < I; ++i) {
      const auto row = V::load_first(a + i * a_stride + k, width - k);
      for (int j = 0; j < J; ++j) {
        const auto column = V::load_first(b + j * b_stride + k, width - k);
        sum[i][j] = V::multiply_add(row, column, sum[i][j]);
      }
    }
  }
  for (int i = 0; i < I; ++i) {
    for (int j = 0; j < J; ++j) c[i * c_stride + j] = V::sum(sum[i][j]);
  }
}

template <typename V, int I>
inline void multiply_strip(const float* a, size_t a_stride, const float* b, size_t b_stride,
                           int b_rows, int width, float* c, size_t c_stride) {
  int j = 0;
  for (; j + V::tile <= b_rows; j += V::tile) {
    multiply_tile<V, I, V::tile>(a, a_stride, b + j * b_stride, b_stride, width, c + j, c_stride);
  }
  for (; j < b_rows; ++j) {
    multiply_tile<V, I, 1>(a, a_stride, b + j * b_stride, b_stride, width, c + j, c_stride);
  }
}

template <typename V>
void multiply_rows(const float* a, size_t a_stride, int a_rows, const float* b, size_t b_stride,
                   int b_rows, int width, float* c, size_t c_stride) {
  int i = 0;
  for (; i + 4 <= a_rows; i += 4) {
    multiply_strip<V, 4>(a + i * a_stride, a_stride, b, b_stride, b_rows, width, c + i * c_stride,
                         c_stride);
  }
  for (; i + 2 <= a_rows; i += 2) {
    multiply_strip<V, 2>(a + i * a_stride, a_stride, b, b_stride, b_rows, width, c + i * c_stride,
                         c_stride);
  }
  for (; i < a_rows; ++i) {
    multiply_strip<V, 1>(a + i * a_stride, a_stride, b, b_stride, b_rows, width, c + i * c_stride,
                         c_stride);
  }
}

// I rows of c, K vectors wide.
template <typename V, int I, int K>
inline void add_weighted_tile(const float* p, size_t p_stride, const float* b, size_t b_stride,
                              int b_rows, float* c, size_t c_stride) {
  typename V::Register sum[I][K];
  for (int i = 0; i < I; ++i) {
    for (int k = 0; k < K; ++k) sum[i][k] = V::load(c + i * c_stride + k * V::width);
  }
  for (int j = 0; j < b_rows; ++j) {
    typename V::Register row[K];
    for (int k = 0; k < K; ++k) row[k] = V::load(b + j * b_stride + k * V::width);
    for (int i = 0; i < I; ++i) {
      const auto weight = V::all(p[i * p_stride + j]);
      for (int k = 0; k < K; ++k) sum[i][k] = V::multiply_add(weight, row[k], sum[i][k]);
    }
  }
  for (int i = 0; i < I; ++i) {
    for (int k = 0; k < K; ++k) V::store(c + i * c_stride + k * V::width, sum[i][k]);
  }
}

template <typename V, int I>
inline void add_weighted_strip(const float* p, size_t p_stride, const float* b, size_t b_stride,
                               int b_rows, int width, float* c, size_t c_stride) {
  int k = 0;
  for (; k + V::tile * V::width <= width; k += V::tile * V::width) {
    add_weighted_tile<V, I, V::tile>(p, p_stride, b + k, b_stride, b_rows, c + k, c_stride);
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

template <typename V>
void add_weighted_rows(const float* p, size_t p_stride, int p_rows, const float* b, size_t b_stride,
                       int b_rows, int width, float* c, size_t c_stride) {
  int i = 0;
  for (; i + 4 <= p_rows; i += 4) {
    add_weighted_strip<V, 4>(p + i * p_stride, p_stride, b, b_stride, b_rows, width,
                             c + i * c_stride, c_stride);
  }
  for (; i + 2 <= p_rows; i += 2) {
    add_weighted_strip<V, 2>(p + i * p_stride, p_stride, b, b_stride, b_rows, width,
                             c + i * c_stride, c_stride);
  }
  for (; i < p_rows; ++i) {
    add_weighted_strip<V, 1>(p + i * p_stride, p_stride, b, b_stride, b_rows, width,
                             c + i * c_stride, c_stride);
  }
}

}  // namespace engine::backend::cpu
