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

#include "engine/backend/cuda/dot_floats.h"

namespace engine::backend::cuda {

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
      if (tokens > 1 && t >= at.count) break;
      float x[16];
      load_run(input, at.at[t], index, run, x, sums.squares[t]);
      float total = 0;
#pragma unroll
      for (int i = 0; i < 16; ++i) total += x[i];
#pragma unroll
      for (int r = 0; r < rows; ++r) {
        float part = 0;
#pragma unroll
        for (int i = 0; i < 16; ++i) part = multiply_add(q[r][i], x[i], part);
        sums.product[r][t] += multiply_add(units[r].scale[run], part, units[r].offset[run] * total);
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

// The same for what is known of the format, which all lanes of a warp have in common.
template <Known known, int rows, int tokens>
DEVICE void add_any_rows(const DeviceMatrix* const (&matrices)[rows], const size_t (&row_at)[rows],
                         int first, int end, int lanes, const Input& input,
                         const TokenRows<tokens>& at, Sums<rows, tokens>& sums) {
#define LEMMA_ADD(name) \
  return add_rows<Format::name>(matrices, row_at, first, end, lanes, input, at, sums)
#define LEMMA_ADD_FLOATS(name) \
  return add_float_rows<Format::name>(matrices, row_at, first, end, lanes, input, at, sums)
  const Format format = matrices[0]->format;
  if constexpr (known == Known::floats) {
    if (format == Format::f32) LEMMA_ADD_FLOATS(f32);
    LEMMA_ADD_FLOATS(f16);
  }
  if constexpr (known == Known::q8_0) LEMMA_ADD(q8_0);
  if constexpr (known == Known::linear) LEMMA_ADD(q4);
  if constexpr (known == Known::q4_k) LEMMA_ADD(k);
  if constexpr (known == Known::q6_k) LEMMA_ADD(q6_k);
  switch (format) {
    case Format::f32:
      LEMMA_ADD_FLOATS(f32);
    case Format::f16:
      LEMMA_ADD_FLOATS(f16);
    case Format::q8_0:
      LEMMA_ADD(q8_0);
    case Format::q4:
      LEMMA_ADD(q4);
    case Format::k:
      LEMMA_ADD(k);
    case Format::q6_k:
      LEMMA_ADD(q6_k);
    case Format::other:
      if constexpr (known == Known::nothing) LEMMA_ADD(other);
  }
#undef LEMMA_ADD_FLOATS
#undef LEMMA_ADD
}

// 1 / sqrt(mean square + epsilon), or 1 without a norm.
DEVICE float norm_factor(const Input& input, float squares, int columns, float epsilon) {
  if (input.norm.empty()) return 1;
  return 1.0f / square_root(squares / static_cast<float>(columns) + epsilon);
}

}  // namespace engine::backend::cuda
