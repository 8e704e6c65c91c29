// How the kernels of few_tokens_*.cpp meet a number of rows and tokens. In an unnamed namespace, so
// that no instantiation is shared between instruction sets.
//
// Lane p of a vector holds four columns of part p of a span, for weights as for activations
// (RowSpan), so that the products of four vectors add up to whole parts and meet their scales once.
#pragma once

#include "engine/backend/cpu/kernels.h"
#include "engine/backend/cpu/read_ahead.h"

namespace engine::backend::cpu {
namespace {

constexpr int most_tokens = 8;  // that share a call

// Kernel::run<T> multiplies rows by T ≤ most_tokens tokens, and asks for each row ahead; how many
// tokens share a call changes no bit of any of their results.
template <typename Kernel, int T = most_tokens>
void multiply_some(const RowBytes& rows, int columns, const Row* x, int tokens, float* const* y,
                   int first_row, ReadAhead& ahead) {
  if (tokens == T) return Kernel::template run<T>(rows, columns, x, y, first_row, ahead);
  if constexpr (T > 1) {
    multiply_some<Kernel, T - 1>(rows, columns, x, tokens, y, first_row, ahead);
  }
}

// More tokens come to rows that have just been read.
template <typename Kernel>
void multiply_tokens(const RowBytes& rows, int columns, const Row* x, int tokens, float* const* y,
                     int first_row) {
  constexpr int step = 8;
  ReadAhead ahead(rows.first + rows.size * static_cast<size_t>(rows.count));
  for (int row = 0; row < rows.count; row += step) {
    const RowBytes some{rows.first + rows.size * static_cast<size_t>(row), rows.size,
                        rows.count - row < step ? rows.count - row : step};
    for (int token = 0; token < tokens; token += most_tokens) {
      const int left = tokens - token;
      multiply_some<Kernel>(some, columns, x + token, left < most_tokens ? left : most_tokens,
                            y + token, first_row + row, ahead);
    }
  }
}

// Four rows at a time, whose sums are added up over the lanes together. Type::add<Whole> adds the
// products of a span, of which `blocks` blocks are there, to a vector of sums for each token.
template <typename Type>
struct Spans {
  using Vector = typename Type::Vector;
  static constexpr int sum_rows = 4;

  template <int T>
  static inline void multiply_row(const uint8_t* row, int columns, const Row* x,
                                  typename Vector::Register (&sums)[T]) {
#pragma GCC unroll 8
    for (int t = 0; t < T; ++t) sums[t] = Vector::zeros();
    const int whole = columns / span_columns, blocks = columns % span_columns / block_columns;
    for (int span = 0; span < whole; ++span, row += Type::span_bytes) {
      Type::template add<true, T>(row, span_blocks, x, span, sums);
    }
    if (blocks > 0) Type::template add<false, T>(row, blocks, x, whole, sums);
  }

  template <int T>
  static void run(const RowBytes& rows, int columns, const Row* x, float* const* y, int first_row,
                  ReadAhead& ahead) {
    const uint8_t* row = rows.first;
    for (int first = 0; first < rows.count; first += sum_rows) {
      const int count = rows.count - first < sum_rows ? rows.count - first : sum_rows;
      typename Vector::Register sums[T][sum_rows] = {};
      for (int r = 0; r < count; ++r, row += rows.size) {
        ahead.before(row, rows.size);
        typename Vector::Register of_row[T];
        multiply_row<T>(row, columns, x, of_row);
        for (int t = 0; t < T; ++t) sums[t][r] = of_row[t];
      }
      for (int t = 0; t < T; ++t) {
        float of_rows[sum_rows];
        Vector::sum_four(sums[t], of_rows);
        for (int r = 0; r < count; ++r) y[t][first_row + first + r] = of_rows[r];
      }
    }
  }
};

void arrange(const Row& x, int blocks, RowSpan* spans) {
  const int parts = block_parts * blocks;
  for (int first = 0; first < parts; first += span_parts, ++spans) {
    for (int p = 0; p < span_parts; ++p) {
      const bool is_there = first + p < parts;
      const int8_t* const values = x.quantized + (first + p) * part_columns;
      for (int q = 0; q < span_quads; ++q) {
        int32_t four = 0;
        if (is_there) __builtin_memcpy(&four, values + 4 * q, sizeof four);
        __builtin_memcpy(spans->values[q][p], &four, sizeof four);
      }
      spans->scales[p] = is_there ? x.scales[(first + p) / block_parts] : 0;
      spans->sums[p] = is_there ? x.part_sums[first + p] : 0;
    }
  }
}

}  // namespace
}  // namespace engine::backend::cpu
