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

// Sixteen weights of floats or halves, as floats.
template <Format format>
DEVICE void load_float_run(const DeviceMatrix& m, size_t row, int index, int run, float (&q)[16]) {
  if constexpr (format == Format::f32) {
    uint32_t words[16];
    load_words<16>(m.data, row + size_t(index) * 128 + run * 64, words);
#pragma unroll
    for (int i = 0; i < 16; ++i) q[i] = bits_to_float(words[i]);
  } else {
    uint32_t words[8];
    load_words<8>(m.data, row + size_t(index) * 64 + run * 32, words);
    if (m.type == type_bf16) {
#pragma unroll
      for (int i = 0; i < 16; ++i) q[i] = bits_to_float(words[i / 2] >> i % 2 * 16 << 16);
    } else {
#pragma unroll
      for (int i = 0; i < 16; ++i) q[i] = half_to_float(words[i / 2] >> i % 2 * 16 & 0xffff);
    }
  }
}

// As add_rows below for weights without scales. A run at a time: most of these products are short,
// and what they cost is to fetch their instructions.
template <Format format, int rows, int tokens>
DEVICE void add_float_rows(const DeviceMatrix* const (&matrices)[rows],
                           const size_t (&row_at)[rows], int first, int end, int lanes,
                           const Input& input, const TokenRows<tokens>& at,
                           Sums<rows, tokens>& sums) {
#pragma unroll 1
  for (int half = first * 2; half < end * 2; half += half % 2 == 0 ? 1 : 2 * lanes - 1) {
    float q[rows][16];
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      load_float_run<format>(*matrices[r], row_at[r], half / 2, half % 2, q[r]);
    }
#pragma unroll
    for (int t = 0; t < tokens; ++t) {
      if (t >= at.count) break;
      float x[16];
      load_run(input, at.at[t], half / 2, half % 2, x, sums.squares[t]);
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

}  // namespace engine::backend::cuda
