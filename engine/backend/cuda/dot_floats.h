// The rows of activations that products read, and products with weights that are floats or halves.
#pragma once

#include "engine/backend/cuda/unpack.h"

namespace engine::backend::cuda {

// Rows of activations, float32.
struct Input {
  View<const float> values;
  View<const float> norm;  // [columns], interleaved alike; empty: none
  int32_t stride = 0;      // from one token to the next
  int32_t group = 32;      // of the interleaving
};

template <int tokens>
struct TokenRows {
  size_t at[tokens];
  int count;
};

template <int rows, int tokens>
struct Sums {
  float product[rows][tokens];
  float squares[tokens];

  DEVICE void clear() {
#pragma unroll
    for (int t = 0; t < tokens; ++t) {
      squares[t] = 0;
#pragma unroll
      for (int r = 0; r < rows; ++r) product[r][t] = 0;
    }
  }
  DEVICE void add_over(int lanes) {
#pragma unroll
    for (int r = 0; r < rows; ++r) lanes_sum(product[r], lanes);
  }
};

// A run of one token's activations: 16 floats, normed but for the factor that all share.
DEVICE void load_run(const Input& input, size_t at, int unit, int run, float (&x)[16],
                     float& squares) {
  const size_t first = interleaved_four(unit, run * 4, input.group);
#pragma unroll
  for (int four = 0; four < 4; ++four) {
    const Float4 v = load_float4(input.values, at + first + size_t(four) * input.group * 4);
    x[four * 4] = v.x, x[four * 4 + 1] = v.y, x[four * 4 + 2] = v.z, x[four * 4 + 3] = v.w;
  }
  if (input.norm.empty()) return;
#pragma unroll
  for (int four = 0; four < 4; ++four) {
    const Float4 g = load_float4(input.norm, first + size_t(four) * input.group * 4);
#pragma unroll
    for (int e = 0; e < 4; ++e) squares = multiply_add(x[four * 4 + e], x[four * 4 + e], squares);
    x[four * 4] *= g.x, x[four * 4 + 1] *= g.y, x[four * 4 + 2] *= g.z, x[four * 4 + 3] *= g.w;
  }
}

// As add_rows in dot.h for weights without scales. All of a unit is asked for before any of it is
// used; what these products cost is mostly to wait.
template <Format format, int rows, int tokens>
DEVICE void add_float_rows(const DeviceMatrix* const (&matrices)[rows],
                           const size_t (&row_at)[rows], int first, int end, int lanes,
                           const Input& input, const TokenRows<tokens>& at,
                           Sums<rows, tokens>& sums) {
#pragma unroll 1
  for (int index = first; index < end; index += lanes) {
    Unit<format> units[rows];
#pragma unroll
    for (int r = 0; r < rows; ++r) fetch_unit(*matrices[r], row_at[r], index, false, units[r]);
#pragma unroll
    for (int run = 0; run < 2; ++run) {
      float q[rows][16];
#pragma unroll
      for (int r = 0; r < rows; ++r) levels_of_run(units[r], matrices[r]->type, run, q[r]);
#pragma unroll
      for (int t = 0; t < tokens; ++t) {
        if (tokens > 1 && t >= at.count) break;
        float x[16];
        load_run(input, at.at[t], index, run, x, sums.squares[t]);
#pragma unroll
        for (int r = 0; r < rows; ++r) {
          float part = 0;
#pragma unroll
          for (int i = 0; i < 16; ++i) part = multiply_add(q[r][i], x[i], part);
          sums.product[r][t] += part;
        }
      }
    }
  }
}

}  // namespace engine::backend::cuda
