// What lies around the products of many tokens: their input as halves, the tokens of each expert,
// and the sum of what the experts made.
#include "engine/backend/cuda/block_sum.h"
#include "engine/backend/cuda/gemm.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;

// One block a token; a thread takes fours of neighbouring values. The row comes from the L1 cache
// the second time.
KERNEL(threads) to_halves_kernel(PARAMETER(HalvesArguments) a) {
  wait_for_previous_kernel();
  const int units = (a.columns + unit_values - 1) / unit_values;
  const size_t row = size_t(block_x()) * a.rows.stride;
  const auto load = [&](int four, float(&x)[4]) {
    const Float4 v =
        load_float4(a.rows.values, row + interleaved_four(four / 8, four % 8, a.rows.group));
    x[0] = v.x, x[1] = v.y, x[2] = v.z, x[3] = v.w;
#pragma unroll
    for (int i = 0; i < 4; ++i) x[i] = four * 4 + i < a.columns ? x[i] : 0;
  };
  float factor = 1;
  if (!a.rows.norm.empty()) {
    float squares = 0;
    for (int four = thread_index(); four < units * 8; four += threads) {
      float x[4];
      load(four, x);
#pragma unroll
      for (int i = 0; i < 4; ++i) squares = multiply_add(x[i], x[i], squares);
    }
    factor = norm_factor(a.rows, block_sum<threads>(squares), a.columns, a.epsilon);
  }
  for (int four = thread_index(); four < units * 8; four += threads) {
    float x[4];
    load(four, x);
    if (!a.rows.norm.empty()) {
      const Float4 g = load_float4(a.rows.norm, interleaved_four(four / 8, four % 8, a.rows.group));
      x[0] *= factor * g.x, x[1] *= factor * g.y, x[2] *= factor * g.z, x[3] *= factor * g.w;
    }
    store_four_halves(a.halves, (size_t(block_x()) * units * 8 + four) * 4,
                      {pack_halves(x[0], x[1]), pack_halves(x[2], x[3])});
  }
}

// How many of the visits before `end`, from `begin` on, chose `expert`; by one warp.
DEVICE int count_visits(const GroupArguments& a, int begin, int end, int expert) {
  float count[1] = {0};
  for (int visit = begin + lane_index(); visit < end; visit += 32) {
    count[0] += a.chosen[visit] == expert ? 1.0f : 0.0f;
  }
  warp_sum(count, 32);
  return static_cast<int>(count[0]);
}

// Puts the visits of `expert` from `begin` on behind `first`, in order; by one warp.
DEVICE void place_visits(const GroupArguments& a, int begin, int end, int expert, int first) {
  for (int from = begin; from < end; from += 32) {
    const int visit = from + lane_index();
    const bool here = visit < end && a.chosen[visit] == expert;
    const uint32_t all = warp_ballot(here);
    if (here) {
      const int place = first + count_bits(all & ((1u << lane_index()) - 1));
      a.visit_rows[place] = visit / a.used;
      a.visit_of[visit] = place;
    }
    first += count_bits(all);
  }
}

// A block for each expert, which counts for itself what the experts before it take; each warp then
// places those of its share of the visits.
KERNEL(threads) group_kernel(PARAMETER(GroupArguments) a) {
  wait_for_previous_kernel();
  constexpr int warps = threads / 32;
  const int expert = block_x(), visits = a.tokens * a.used;
  size_t used = 0;
  const View<int32_t> counts = shared<int32_t>(a.experts, used);
  const View<int32_t> shares = shared<int32_t>(warps, used);
  for (int e = thread_index(); e < a.experts; e += threads) counts[e] = 0;
  block_barrier();
  for (int visit = thread_index(); visit < visits; visit += threads) {
    add_atomically(&counts[a.chosen[visit]], 1);
  }
  const int each = (visits + warps - 1) / warps, begin = warp_index() * each;
  const int end = begin + each < visits ? begin + each : visits;
  const int mine = count_visits(a, begin, end, expert);
  if (lane_index() == 0) shares[warp_index()] = mine;
  block_barrier();
  float before[2] = {0, 0};  // visits, tiles
  for (int e = lane_index(); e < expert; e += 32) {
    before[0] += static_cast<float>(counts[e]);
    before[1] += static_cast<float>((counts[e] + a.tile_tokens - 1) / a.tile_tokens);
  }
  warp_sum(before, 32);
  const int start = static_cast<int>(before[0]), first_tile = static_cast<int>(before[1]);
  const int count = counts[expert], tiles = (count + a.tile_tokens - 1) / a.tile_tokens;
  for (int tile = thread_index(); tile < tiles; tile += threads) {
    const int done = tile * a.tile_tokens, left = count - done;
    a.tiles[first_tile + tile] = {expert, start + done,
                                  left < a.tile_tokens ? left : a.tile_tokens};
  }
  if (expert == a.experts - 1 && thread_index() == 0) a.tile_count[0] = first_tile + tiles;
  int place = start;
  for (int warp = 0; warp < warp_index(); ++warp) place += shares[warp];
  place_visits(a, begin, end, expert, place);
}

KERNEL(threads) combine_kernel(PARAMETER(CombineArguments) a) {
  wait_for_previous_kernel();
  const int token = block_x();
  for (int i = thread_index(); i < a.columns; i += threads) {
    float sum = 0;
    for (int slot = 0; slot < a.used; ++slot) {
      const size_t visit = size_t(token) * a.used + slot;
      sum =
          multiply_add(a.weights[visit], a.results[size_t(a.visit_of[visit]) * a.columns + i], sum);
    }
    a.hidden[size_t(token) * a.hidden_stride + interleaved(i, a.hidden_group)] += sum;
  }
}

}  // namespace

void to_halves(Stream& stream, const HalvesArguments& a) {
  launch(stream, {{a.tokens}, threads, threads / 32 * sizeof(float)}, to_halves_kernel, a);
}

void group_visits(Stream& stream, const GroupArguments& a) {
  const size_t shared_bytes = (size_t(a.experts) + threads / 32) * sizeof(int32_t) + 16;
  launch(stream, {{a.experts}, threads, shared_bytes}, group_kernel, a);
}

void combine_visits(Stream& stream, const CombineArguments& a) {
  launch(stream, {{a.tokens}, threads}, combine_kernel, a);
}

}  // namespace engine::backend::cuda
