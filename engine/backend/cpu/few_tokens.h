// How the kernels of few_tokens_*.cpp meet a number of tokens. In an unnamed namespace, so that no
// instantiation is shared between instruction sets.
#pragma once

#include "engine/backend/cpu/kernels.h"

namespace engine::backend::cpu {
namespace {

// Kernel::run<T> multiplies a row by T tokens; how many share a call changes no bit of any of
// their results.
template <typename Kernel>
void multiply_tokens(const uint8_t* row, int columns, const Row* x, int tokens, float* const* y,
                     int index) {
  for (; tokens > 4; tokens -= 4, x += 4, y += 4) {
    Kernel::template run<4>(row, columns, x, y, index);
  }
  switch (tokens) {
    case 4:
      return Kernel::template run<4>(row, columns, x, y, index);
    case 3:
      return Kernel::template run<3>(row, columns, x, y, index);
    case 2:
      return Kernel::template run<2>(row, columns, x, y, index);
    default:
      return Kernel::template run<1>(row, columns, x, y, index);
  }
}

}  // namespace
}  // namespace engine::backend::cpu
