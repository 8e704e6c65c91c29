// Products with activations rounded to bytes, as is done where speed counts (weights.h,
// Precision::fast): four products an instruction, where float32 takes one and a half for each to
// unpack besides. As in dot.h, a row's additions happen in the same order whatever `rows`, the
// tokens and the size of the block.
#pragma once

#include "engine/backend/cuda/byte_row.h"

namespace engine::backend::cuda {

// Matrices whose levels are bytes or less: all but float ones and those of few bits or of a table.
ANYWHERE bool has_byte_levels(Format format) {
  return format == Format::q8_0 || format == Format::q4 || format == Format::k ||
         format == Format::q6_k;
}

// The units of a row that lanes share, and the lane this is.
struct Span {
  int begin, units, lane, lanes;
};

template <Format format, bool four_bits, int rows, int tokens>
DEVICE void add_byte_unit(const Unit<format> (&weights)[rows], int index, int units,
                          const ByteRow (&inputs)[tokens], int count, float (&sums)[rows][tokens]) {
#pragma unroll
  for (int t = 0; t < tokens; ++t) {
    if (t >= count) break;
    const float scale = inputs[t].scales[index];
#pragma unroll
    for (int run = 0; run < 2; ++run) {
      const Words4 x = load_words4(inputs[t].words, (size_t(run) * units + index) * 4);
      const float sum = static_cast<float>(inputs[t].sums[size_t(run) * units + index]);
#pragma unroll
      for (int r = 0; r < rows; ++r) {
        const Unit<format>& w = weights[r];
        int total = dot4(level_bytes(w, run, 0, four_bits), x.x, 0);
        total = dot4(level_bytes(w, run, 1, four_bits), x.y, total);
        total = dot4(level_bytes(w, run, 2, four_bits), x.z, total);
        total = dot4(level_bytes(w, run, 3, four_bits), x.w, total);
        const float part =
            multiply_add(w.scale[run], static_cast<float>(total), w.offset[run] * sum);
        sums[r][t] = multiply_add(scale, part, sums[r][t]);
      }
    }
  }
}

template <Format format, bool four_bits, int rows, int tokens>
DEVICE void add_byte_rows(const DeviceMatrix* const (&matrices)[rows], const size_t (&row_at)[rows],
                          const Span& span, const ByteRow (&inputs)[tokens], int count,
                          float (&sums)[rows][tokens]) {
#pragma unroll 2
  for (int index = span.lane; index < span.units; index += span.lanes) {
    Unit<format> weights[rows];
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      load_unit<format>(*matrices[r], row_at[r], span.begin + index, weights[r]);
    }
    add_byte_unit<format, four_bits>(weights, index, span.units, inputs, count, sums);
  }
}

template <int rows, int tokens>
DEVICE void add_any_byte_rows(const DeviceMatrix* const (&matrices)[rows],
                              const size_t (&row_at)[rows], const Span& span,
                              const ByteRow (&inputs)[tokens], int count,
                              float (&sums)[rows][tokens]) {
  const bool four_bits = has_four_bits(matrices[0]->type);
#define LEMMA_CASE(name, few) \
  return add_byte_rows<Format::name, few>(matrices, row_at, span, inputs, count, sums)
  switch (matrices[0]->format) {
    case Format::q8_0:
      LEMMA_CASE(q8_0, false);
    case Format::q4:
      if (four_bits) LEMMA_CASE(q4, true);
      LEMMA_CASE(q4, false);
    case Format::k:
      if (four_bits) LEMMA_CASE(k, true);
      LEMMA_CASE(k, false);
    case Format::q6_k:
      LEMMA_CASE(q6_k, false);
    default:
      return;
  }
#undef LEMMA_CASE
}

}  // namespace engine::backend::cuda
