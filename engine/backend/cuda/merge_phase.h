// The end of attention.h in pieces for warps, 32 values of a head each:
// Σ over splits of exp(most − greatest) · partial, divided by the same sum of sums, and the sink.
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

// Value `i` of a row of (token, head), whose splits lie one after another in the partial results;
// by a warp, of which each lane asks for one. `factors`: shared memory of this warp, [max_splits].
DEVICE float merged(const AttentionArguments& a, size_t row, int splits, int i,
                    const View<float>& factors) {
  const size_t first = row * a.splits;
  float most = -3.0e38f;
  for (int s = lane_index(); s < splits; s += 32) {
    const float other = a.stats[(first + s) * 2];
    most = other > most ? other : most;
  }
  most = warp_max(most);
  float sum[1] = {0};
  for (int s = lane_index(); s < splits; s += 32) {
    factors[s] = exponential(a.stats[(first + s) * 2] - most);
    sum[0] = multiply_add(factors[s], a.stats[(first + s) * 2 + 1], sum[0]);
  }
  warp_sum(sum, 32);
  warp_barrier();
  float value = 0;
  if (i < a.values.width) {
#pragma unroll 8
    for (int s = 0; s < splits; ++s) {
      value = multiply_add(factors[s], a.partial[(first + s) * a.values.width + i], value);
    }
  }
  warp_barrier();
  return value / (sum[0] + sink_of(a, static_cast<int>(row % a.heads), most));
}

DEVICE void merge_piece(const AttentionArguments& a, int token, int piece,
                        const View<float>& factors) {
  const int pieces_a_head = (a.values.width + 31) / 32, head = piece / pieces_a_head;
  const Seen seen = seen_from(a, a.tokens.positions[token]);
  const int positions = seen.end - seen.begin, chunk = chunk_of(positions, a.heads, false);
  const int i = piece % pieces_a_head * 32 + lane_index();
  const float value =
      merged(a, size_t(token) * a.heads + head, (positions + chunk - 1) / chunk, i, factors);
  if (i < a.values.width) store_attended(a, token, head, i, value);
}

}  // namespace engine::backend::cuda
