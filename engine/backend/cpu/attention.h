// What both kinds of attention work on: the tokens that ask, and memory.
#pragma once

#include <span>
#include <vector>

#include "engine/backend/cpu/cells.h"
#include "engine/backend/cpu/products.h"

namespace engine::backend::cpu {

// A token that asks. Those of one sequence are consecutive and ascend.
struct Query {
  int position;
  int sequence;
  std::span<const BlockId> block_table;
};

// A thread's own memory, kept from one task to the next.
struct AttentionScratch {
  Activations narrow;  // the rows of one small product
  std::vector<float> queries, scores, latents, keys, values;
  // Of attention by tiles; the first thread's latents are for all.
  AlignedBuffer<uint16_t> tile_latents, tile_rotated, tile_queries, tile_keys, tile_values;
  AlignedBuffer<float> tile_sums;
};

// At least `size` values; never shrinks.
inline float* sized(std::vector<float>& buffer, size_t size) {
  if (buffer.size() < size) buffer.resize(size);
  return buffer.data();
}

// The scores of one row become weights; positions after its own weigh nothing.
void to_weights(const FloatKernels& kernels, double scale, float* scores, int position,
                int positions);

// How much the positions of a stretch count: their greatest score, and the sum of exp(score −
// greatest). The sum is 0 where none of them is seen.
struct Share {
  float greatest, sum;
};

// The scores of a stretch of `width` positions become weights that add up to 1; those before
// `first` and from `end` on weigh nothing.
Share weigh(const FloatKernels& kernels, double scale, float* scores, int first, int end,
            int width);

}  // namespace engine::backend::cpu
