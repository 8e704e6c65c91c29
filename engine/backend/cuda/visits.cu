// What lies around the products of many tokens: their input as halves, the tokens of each expert,
// and the sum of what the experts made.
#include "engine/backend/cuda/gemm.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 256;
constexpr int group_threads = 1024;

// One block a token. Warps form the sum of squares each for themselves, so that no barrier is
// needed; the row comes from the L1 cache after the first.
KERNEL(threads) to_halves_kernel(PARAMETER(HalvesArguments) a) {
  wait_for_previous_kernel();
  const int columns = a.columns, units = (columns + unit_values - 1) / unit_values;
  const View<const float> row = a.rows.values.from(size_t(block_x()) * a.rows.stride);
  float factor = 1;
  if (!a.rows.norm.empty()) {
    float squares[1] = {0};
    for (int i = lane_index(); i < columns; i += 32) {
      const float x = row[interleaved(i, a.rows.group)];
      squares[0] = multiply_add(x, x, squares[0]);
    }
    warp_sum(squares, 32);
    factor = norm_factor(a.rows, squares[0], columns, a.epsilon);
  }
  for (int i = thread_index(); i < units * unit_values; i += threads) {
    float value = 0;
    if (i < columns) {
      const size_t at = interleaved(i, a.rows.group);
      value = row[at] * factor;
      if (!a.rows.norm.empty()) value *= a.rows.norm[at];
    }
    a.halves[size_t(block_x()) * units * unit_values + i] =
        static_cast<uint16_t>(pack_halves(value, 0));
  }
}

// Calls `found(visit, rank)` in each lane whose visit chose `expert`, in order; the number of them.
template <typename Found>
DEVICE int for_each_visit(const GroupArguments& a, int expert, Found found) {
  const int visits = a.tokens * a.used;
  int count = 0;
  for (int first = 0; first < visits; first += 32) {
    const int visit = first + lane_index();
    const bool here = visit < visits && a.chosen[visit] == expert;
    const uint32_t all = warp_ballot(here);
    if (here) found(visit, count + count_bits(all & ((1u << lane_index()) - 1)));
    count += count_bits(all);
  }
  return count;
}

// One block: a warp counts the visits of an expert, then puts them behind those of the experts
// before.
KERNEL(group_threads) group_kernel(PARAMETER(GroupArguments) a) {
  wait_for_previous_kernel();
  size_t used = 0;
  const View<int32_t> starts = shared<int32_t>(a.experts + 1, used);
  for (int expert = warp_index(); expert < a.experts; expert += warp_count()) {
    const int count = for_each_visit(a, expert, [](int, int) {});
    if (lane_index() == 0) starts[expert + 1] = count;
  }
  block_barrier();
  if (thread_index() == 0) {
    starts[0] = 0;
    int tiles = 0;
    for (int expert = 0; expert < a.experts; ++expert) {
      const int first = starts[expert], count = starts[expert + 1];
      starts[expert + 1] = first + count;
      for (int done = 0; done < count; done += a.tile_tokens) {
        const int left = count - done;
        a.tiles[tiles++] = {expert, first + done, left < a.tile_tokens ? left : a.tile_tokens};
      }
    }
    a.tile_count[0] = tiles;
  }
  block_barrier();
  for (int expert = warp_index(); expert < a.experts; expert += warp_count()) {
    const int first = starts[expert];
    for_each_visit(a, expert, [&](int visit, int rank) {
      a.visit_rows[first + rank] = visit / a.used;
      a.visit_of[visit] = first + rank;
    });
  }
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
  launch(stream, {{a.tokens}, threads}, to_halves_kernel, a);
}

void group_visits(Stream& stream, const GroupArguments& a) {
  const size_t shared_bytes = size_t(a.experts + 1) * sizeof(int32_t);
  launch(stream, {{1}, group_threads, shared_bytes}, group_kernel, a);
}

void combine_visits(Stream& stream, const CombineArguments& a) {
  launch(stream, {{a.tokens}, threads}, combine_kernel, a);
}

}  // namespace engine::backend::cuda
