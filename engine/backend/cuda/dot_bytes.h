// Products with activations rounded to bytes, as is done where speed counts (weights.h,
// Precision::fast): four products an instruction, where float32 takes one and a half for each to
// unpack besides. As in dot.h, a row's additions happen in the same order whatever `rows`, the
// tokens and the size of the block.
//
// The next unit is fetched before this one is multiplied, so that a row costs one wait for memory.
#pragma once

#include "engine/backend/cuda/byte_rows.h"

namespace engine::backend::cuda {

// Matrices whose levels are bytes or less: all but float ones and those of few bits or of a table.
ANYWHERE bool has_byte_levels(Format format) {
  return runs_share_scale(format) || format == Format::q6_k;
}

// The first unit of a lane, where its type is known: it can be fetched before there is an input.
template <Known known, int rows>
struct FirstUnits {
  static constexpr bool ahead =
      known == Known::q8_0 || known == Known::q4_k || known == Known::q6_k;
  static constexpr Format format = known == Known::q8_0   ? Format::q8_0
                                   : known == Known::q4_k ? Format::k
                                                          : Format::q6_k;
  Unit<format> units[rows];

  DEVICE void fetch(const ByteRows<rows>& at, const Span& span) {
    if constexpr (!ahead) return;
    if (span.lane >= span.units) return;
    ByteUnits<format, known == Known::q4_k, rows>(at, span).fetch(span.lane, units);
  }
};

// Kernels::of<known>() is the kernel for products with bytes of that type.
template <typename Kernels>
auto byte_kernel(Known known) {
  switch (known) {
    case Known::q8_0:
      return Kernels::template of<Known::q8_0>();
    case Known::q4_k:
      return Kernels::template of<Known::q4_k>();
    case Known::q6_k:
      return Kernels::template of<Known::q6_k>();
    default:
      return Kernels::template of<Known::nothing>();
  }
}

// `first` has been fetched from the same rows.
template <Known known, int rows, int tokens>
DEVICE void add_any_byte_rows(const ByteRows<rows>& at, const Span& span,
                              FirstUnits<known, rows>& first, const ByteRow (&inputs)[tokens],
                              int count, float (&sums)[rows][tokens]) {
  if (span.lane >= span.units) return;
  using First = FirstUnits<known, rows>;
  if constexpr (First::ahead) {
    return add_byte_rows<First::format, known == Known::q4_k>(at, span, first.units, inputs, count,
                                                              sums);
  }
#define LEMMA_CASE(name, few)                                                      \
  {                                                                                \
    Unit<Format::name> units[rows];                                                \
    ByteUnits<Format::name, few, rows>(at, span).fetch(span.lane, units);          \
    return add_byte_rows<Format::name, few>(at, span, units, inputs, count, sums); \
  }
  const bool four_bits = has_four_bits(at.like->type);
  switch (at.like->format) {
    case Format::q8_0:
      LEMMA_CASE(q8_0, false)
    case Format::q4:
      if constexpr (known == Known::one_of_these) return;
      if (four_bits) LEMMA_CASE(q4, true)
      LEMMA_CASE(q4, false)
    case Format::k:
      if (known == Known::one_of_these || four_bits) LEMMA_CASE(k, true)
      LEMMA_CASE(k, false)
    case Format::q6_k:
      LEMMA_CASE(q6_k, false)
    default:
      return;
  }
#undef LEMMA_CASE
}

}  // namespace engine::backend::cuda
