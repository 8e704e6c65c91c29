// Rows of levels times activations as bytes, for one type of weights; dot_bytes.h is for all.
#pragma once

#include "engine/backend/cuda/byte_row.h"
#include "engine/backend/cuda/byte_unit.h"

namespace engine::backend::cuda {

// The units of a row that lanes share, and the lane this is.
struct Span {
  int begin, units, lane, lanes;
};

// The rows of a span that a group of lanes multiplies: they have the type and width of `like`, and
// each begins with its data.
template <int rows>
struct ByteRows {
  const DeviceMatrix* like;
  View<const uint8_t> data[rows];
};

template <Format format, bool four_bits, int rows>
class ByteUnits {
 public:
  DEVICE ByteUnits(const ByteRows<rows>& at, const Span& span) : begin_(span.begin) {
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      matrices_[r].data = at.data[r];
      matrices_[r].type = at.like->type;
      matrices_[r].layout = at.like->layout;
    }
  }

  // Unit `index` of the span, of each row.
  DEVICE void fetch(int index, Unit<format> (&units)[rows]) const {
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      fetch_unit(matrices_[r], 0, begin_ + index, four_bits, units[r]);
    }
  }
  template <int tokens>
  DEVICE void add(int index, Unit<format> (&units)[rows], const Span& span,
                  const ByteRow (&inputs)[tokens], int count, float (&sums)[rows][tokens]) const {
#pragma unroll
    for (int r = 0; r < rows; ++r) {
      set_scales(matrices_[r].type, begin_ + index, four_bits, units[r]);
    }
#pragma unroll
    for (int t = 0; t < tokens; ++t) {
      if (tokens > 1 && t >= count) break;
      const ByteRow& input = inputs[t];
      const Words4 x[2] = {load_words4(input.words, size_t(index) * 4),
                           load_words4(input.words, (size_t(span.units) + index) * 4)};
      const Int2 both = load_int2(input.sums, size_t(index) * 2);
      const float scale = input.scales[index];
#pragma unroll
      for (int r = 0; r < rows; ++r) {
        const float part = part_of_row<format, four_bits>(units[r], x, both);
        sums[r][t] = multiply_add(scale, part, sums[r][t]);
      }
    }
  }

 private:
  DeviceMatrix matrices_[rows];
  int begin_;
};

// Adds a lane's units, of which there is one and has been fetched; each other is fetched before the
// one before it is multiplied.
template <Format format, bool four_bits, int rows, int tokens>
DEVICE void add_byte_rows(const ByteRows<rows>& at, const Span& span, Unit<format> (&even)[rows],
                          const ByteRow (&inputs)[tokens], int count, float (&sums)[rows][tokens]) {
  const ByteUnits<format, four_bits, rows> units(at, span);
  Unit<format> odd[rows];
  int index = span.lane;
  for (;;) {
    const int second = index + span.lanes, third = second + span.lanes;
    if (second < span.units) units.fetch(second, odd);
    units.add(index, even, span, inputs, count, sums);
    if (second >= span.units) return;
    if (third < span.units) units.fetch(third, even);
    units.add(second, odd, span, inputs, count, sums);
    if (third >= span.units) return;
    index = third;
  }
}

}  // namespace engine::backend::cuda
