// The end of attention.h in pieces for warps, 32 values of a head each:
// Σ over splits of exp(most − greatest) · partial, divided by the same sum of sums.
#pragma once

#include "engine/backend/cuda/attention.h"
#include "engine/backend/cuda/workers.h"

namespace engine::backend::cuda {

ANYWHERE int merge_pieces(const AttentionArguments& a) {
  return a.heads * ((a.values.width + 31) / 32);
}
inline constexpr size_t merge_bytes(int warps) {
  return size_t(warps) * max_splits * sizeof(float);
}

// `factors`: shared memory of this warp, [max_splits].
DEVICE void merge_piece(const AttentionArguments& a, int token, int piece,
                        const View<float>& factors) {
  const int pieces_a_head = (a.values.width + 31) / 32, head = piece / pieces_a_head;
  const size_t row = (size_t(token) * a.heads + head) * a.splits;
  const int positions = a.tokens.positions[token] + 1;
  const int chunk = chunk_of(positions, a.heads, false);
  const int splits = (positions + chunk - 1) / chunk;
  float most = -3.0e38f;
  for (int s = lane_index(); s < splits; s += 32) {
    const float other = a.stats[(row + s) * 2];
    most = other > most ? other : most;
  }
  most = warp_max(most);
  float sum[1] = {0};
  for (int s = lane_index(); s < splits; s += 32) {
    factors[s] = exponential(a.stats[(row + s) * 2] - most);
    sum[0] = multiply_add(factors[s], a.stats[(row + s) * 2 + 1], sum[0]);
  }
  warp_sum(sum, 32);
  warp_barrier();
  const int i = piece % pieces_a_head * 32 + lane_index();
  if (i < a.values.width) {
    float value = 0;
#pragma unroll 8
    for (int s = 0; s < splits; ++s) {
      value = multiply_add(factors[s], a.partial[(row + s) * a.values.width + i], value);
    }
    store_attended(a, token, head, i, value / sum[0]);
  }
  warp_barrier();
}

}  // namespace engine::backend::cuda
