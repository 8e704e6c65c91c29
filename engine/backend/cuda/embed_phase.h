// A token's row of the embedding as floats, by the threads of a block.
#pragma once

#include "engine/backend/cuda/operations.h"
#include "engine/backend/cuda/unpack.h"

namespace engine::backend::cuda {

template <Format format>
DEVICE void unpack_unit(const EmbedArguments& a, size_t row, int index, View<float> hidden) {
  Unit<format> unit;
  load_unit<format>(a.table, row, index, unit);
  for (int run = 0; run < 2; ++run) {
    float q[16];
    levels_of_run(unit, a.table.type, run, q);
#pragma unroll
    for (int i = 0; i < 16; ++i) {
      hidden[interleaved(index * unit_values + run * 16 + i, a.group)] =
          multiply_add(unit.scale[run], q[i], unit.offset[run]);
    }
  }
}

DEVICE void embed_token(const EmbedArguments& a, int token) {
  const size_t row = a.table.row_at(a.ids[token]);
  const View<float> hidden = a.hidden.from(size_t(token) * a.stride);
  for (int index = thread_index(); index < a.table.units; index += thread_count()) {
    switch (a.table.format) {
#define LEMMA_CASE(name)                              \
  case Format::name:                                  \
    unpack_unit<Format::name>(a, row, index, hidden); \
    break
      LEMMA_CASE(f32);
      LEMMA_CASE(f16);
      LEMMA_CASE(q8_0);
      LEMMA_CASE(q4);
      LEMMA_CASE(k);
      LEMMA_CASE(q6_k);
      LEMMA_CASE(other);
#undef LEMMA_CASE
    }
  }
}

}  // namespace engine::backend::cuda
