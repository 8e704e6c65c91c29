// Rows of weights times rows of activations, the inner loop of every product of up to 16 tokens.
//
// Why it is fast: no shared memory and no barrier. Lanes read weights in 16-byte pieces and the
// interleaved activations (matrix.h) through the L1 cache; a weight is unpacked once for all tokens
// and an activation is loaded once for all rows. Scales are applied to the sum of a run of 16, not
// to each weight. The RMS norm of the input costs no pass of its own: x²'s sum is formed beside the
// product, and the product is scaled at the end.
//
// The additions of one row with one token happen in the same order whatever `rows` and `tokens`.
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
    for (int r = 0; r < rows; ++r) warp_sum(product[r], lanes);
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

template <Format format, int rows, int tokens>
DEVICE void add_unit(const Unit<format> (&units)[rows], const int (&types)[rows], int index,
                     const Input& input, const TokenRows<tokens>& at, Sums<rows, tokens>& sums) {
#pragma unroll
  for (int run = 0; run < 2; ++run) {
    float q[rows][16];
#pragma unroll
    for (int r = 0; r < rows; ++r) levels_of_run(units[r], types[r], run, q[r]);
#pragma unroll
    for (int t = 0; t < tokens; ++t) {
      if (t >= at.count) break;
      float x[16];
      load_run(input, at.at[t], index, run, x, sums.squares[t]);
      float total = 0;
      if constexpr (format != Format::f32 && format != Format::f16) {
#pragma unroll
        for (int i = 0; i < 16; ++i) total += x[i];
      }
#pragma unroll
      for (int r = 0; r < rows; ++r) {
        float part = 0;
#pragma unroll
        for (int i = 0; i < 16; ++i) part = multiply_add(q[r][i], x[i], part);
        if constexpr (format == Format::f32 || format == Format::f16) {
          sums.product[r][t] += part;
        } else {
          part = multiply_add(units[r].scale[run], part, units[r].offset[run] * total);
          sums.product[r][t] += part;
        }
      }
    }
  }
}

// Units `first`, first + lanes, … below `end`, of rows that may lie in different matrices of one
// format and width.
template <Format format, int rows, int tokens>
DEVICE void add_rows(const DeviceMatrix* const (&matrices)[rows], const size_t (&row_at)[rows],
                     int first, int end, int lanes, const Input& input, const TokenRows<tokens>& at,
                     Sums<rows, tokens>& sums) {
  int types[rows];
#pragma unroll
  for (int r = 0; r < rows; ++r) types[r] = matrices[r]->type;
#pragma unroll 2
  for (int index = first; index < end; index += lanes) {
    Unit<format> units[rows];
#pragma unroll
    for (int r = 0; r < rows; ++r) load_unit<format>(*matrices[r], row_at[r], index, units[r]);
    add_unit(units, types, index, input, at, sums);
  }
}

// The same for any format, which all lanes of a warp have in common.
template <int rows, int tokens>
DEVICE void add_any_rows(const DeviceMatrix* const (&matrices)[rows], const size_t (&row_at)[rows],
                         int first, int end, int lanes, const Input& input,
                         const TokenRows<tokens>& at, Sums<rows, tokens>& sums) {
#define LEMMA_CASE(name) \
  case Format::name:     \
    return add_rows<Format::name>(matrices, row_at, first, end, lanes, input, at, sums)
  switch (matrices[0]->format) {
    LEMMA_CASE(f32);
    LEMMA_CASE(f16);
    LEMMA_CASE(q8_0);
    LEMMA_CASE(q4);
    LEMMA_CASE(k);
    LEMMA_CASE(q6_k);
    LEMMA_CASE(other);
  }
#undef LEMMA_CASE
}

// 1 / sqrt(mean square + epsilon), or 1 without a norm.
DEVICE float norm_factor(const Input& input, float squares, int columns, float epsilon) {
  if (input.norm.empty()) return 1;
  return 1.0f / square_root(squares / static_cast<float>(columns) + epsilon);
}

}  // namespace engine::backend::cuda
