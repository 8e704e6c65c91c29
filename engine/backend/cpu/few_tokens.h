// How the kernels of few_tokens_*.cpp meet a number of rows and tokens. In an unnamed namespace, so
// that no instantiation is shared between instruction sets.
#pragma once

#include "engine/backend/cpu/kernels.h"
#include "engine/backend/cpu/read_ahead.h"

namespace engine::backend::cpu {
namespace {

template <typename Kernel, int T = Kernel::most_tokens>
void multiply_some(const RowBytes& rows, int columns, const Row* x, int tokens, float* const* y,
                   int first_row, ReadAhead& ahead) {
  if (tokens == T) return Kernel::template run<T>(rows, columns, x, y, first_row, ahead);
  if constexpr (T > 1) {
    multiply_some<Kernel, T - 1>(rows, columns, x, tokens, y, first_row, ahead);
  }
}

// Kernel::run<T> multiplies rows by T ≤ Kernel::most_tokens tokens, and asks for each row ahead;
// how many tokens share a call changes no bit of any of their results. More tokens come to rows
// that have just been read.
template <typename Kernel>
void multiply_tokens(const RowBytes& rows, int columns, const Row* x, int tokens, float* const* y,
                     int first_row) {
  constexpr int step = 8;
  ReadAhead ahead(rows.first + rows.size * static_cast<size_t>(rows.count));
  for (int row = 0; row < rows.count; row += step) {
    const RowBytes some{rows.first + rows.size * static_cast<size_t>(row), rows.size,
                        rows.count - row < step ? rows.count - row : step};
    for (int token = 0; token < tokens; token += Kernel::most_tokens) {
      const int left = tokens - token;
      multiply_some<Kernel>(some, columns, x + token,
                            left < Kernel::most_tokens ? left : Kernel::most_tokens, y + token,
                            first_row + row, ahead);
    }
  }
}

}  // namespace
}  // namespace engine::backend::cpu
