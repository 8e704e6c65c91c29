// One warp for each head of a token and chunk of positions, in float32. Four positions are scored
// at a time, so that their reductions overlap; the softmax runs along with them.
#include <algorithm>

#include "engine/backend/cuda/merge_phase.h"
#include "engine/base/check.h"

namespace engine::backend::cuda {
namespace {

constexpr int threads = 128;
constexpr int at_once = 4;

// Whether the cache's values lie side by side, or are latents as fp8.
enum class Values { plain, fp8 };

template <Values form>
DEVICE float read(const LayerCache& cache, size_t slot, size_t at) {
  if constexpr (form == Values::fp8) return cache.get_fp8(slot, static_cast<int>(at));
  return cache.get(slot * cache.width + at);
}

// What a warp has seen of its positions: exp(score − most) summed, and the values weighted so.
template <int cells>
struct Running {
  float most = -3.0e38f, sum = 0;
  float values[cells] = {};

  DEVICE void rescale(float new_most) {
    const float factor = exponential(most - new_most);
    most = new_most;
    sum *= factor;
#pragma unroll
    for (int i = 0; i < cells; ++i) values[i] *= factor;
  }
};

template <Values form, int cells>
DEVICE void attend_to(const AttentionArguments& a, const size_t (&slots)[at_once], int count,
                      size_t key_at, size_t value_at, const float (&query)[cells],
                      Running<cells>& state) {
  float scores[at_once];
#pragma unroll
  for (int p = 0; p < at_once; ++p) {
    scores[p] = 0;
#pragma unroll
    for (int i = 0; i < cells; ++i) {
      const int cell = lane_index() + i * 32;
      if (cell >= a.keys.width) break;
      scores[p] = multiply_add(query[i], read<form>(a.cache, slots[p], key_at + cell), scores[p]);
    }
  }
  warp_sum(scores, 32);
  float most = state.most;
#pragma unroll
  for (int p = 0; p < at_once; ++p) {
    scores[p] = p < count ? scores[p] * a.scale : -3.0e38f;
    most = scores[p] > most ? scores[p] : most;
  }
  if (most > state.most) state.rescale(most);
#pragma unroll
  for (int p = 0; p < at_once; ++p) {
    if (p >= count) break;
    const float weight = exponential(scores[p] - most);
    state.sum += weight;
#pragma unroll
    for (int i = 0; i < cells; ++i) {
      const int cell = lane_index() + i * 32;
      if (cell >= a.values.width) break;
      state.values[i] =
          multiply_add(weight, read<form>(a.cache, slots[p], value_at + cell), state.values[i]);
    }
  }
}

template <Values form, int cells>
KERNEL(threads)
attention_kernel(PARAMETER(AttentionArguments) a) {
  wait_for_previous_kernel();
  const int head = block_y() * warp_count() + warp_index();
  const int token = a.first_token + block_z(), split = block_x();
  const Seen seen = seen_from(a, a.tokens.positions[token]);
  const int chunk = chunk_of(seen.end - seen.begin, a.heads, a.splits == 1 && a.tokens.count > 16);
  const int begin = seen.begin + split * chunk;
  const int end = begin + chunk < seen.end ? begin + chunk : seen.end;
  if (head >= a.heads || begin >= seen.end) return;

  const size_t row = size_t(token) * a.heads + head;
  float query[cells];
#pragma unroll
  for (int i = 0; i < cells; ++i) {
    const int cell = lane_index() + i * 32;
    query[i] = cell < a.keys.width ? a.queries[row * a.keys.width + cell] : 0.0f;
  }
  const size_t key_at = a.keys.first + size_t(head / a.group) * a.keys.step;
  const size_t value_at = a.values.first + size_t(head / a.group) * a.values.step;
  Running<cells> state;
  for (int position = begin; position < end; position += at_once) {
    size_t slots[at_once];
#pragma unroll
    for (int p = 0; p < at_once; ++p) {
      const int read = position + p < end ? position + p : end - 1;
      slots[p] = slot_at(a.tokens, a.tokens.table_starts[token], read);
    }
    const int count = end - position < at_once ? end - position : at_once;
    attend_to<form>(a, slots, count, key_at, value_at, query, state);
  }
  const size_t result = row * a.splits + split;
  const float sum = a.splits == 1 ? state.sum + sink_of(a, head, state.most) : state.sum;
#pragma unroll
  for (int i = 0; i < cells; ++i) {
    const int cell = lane_index() + i * 32;
    if (cell >= a.values.width) break;
    if (a.splits == 1) {
      store_attended(a, token, head, cell, state.values[i] / sum);
    } else {
      a.partial[result * a.values.width + cell] = state.values[i];
    }
  }
  if (a.splits == 1) return;
  if (lane_index() == 0) a.stats[result * 2] = state.most;
  if (lane_index() == 1) a.stats[result * 2 + 1] = sum;
}

KERNEL(threads) merge_kernel(PARAMETER(AttentionArguments) a) {
  wait_for_previous_kernel();
  size_t used = size_t(warp_index()) * merge_bytes(1);
  const View<float> factors = shared<float>(max_splits, used);
  const Workers workers = launched_workers();
  for (int piece = workers.warp(); piece < merge_pieces(a); piece += workers.warps()) {
    merge_piece(a, a.first_token + block_y(), piece, factors);
  }
}

using Kernel = void (*)(AttentionArguments);

template <Values form>
Kernel kernel_for(int cells) {
  if (cells <= 64) return attention_kernel<form, 2>;
  if (cells <= 128) return attention_kernel<form, 4>;
  if (cells <= 320) return attention_kernel<form, 10>;
  return attention_kernel<form, max_head_cells / 32>;
}

// A grid is at most this long in its last two directions.
constexpr int most_tokens = 32768;

}  // namespace

void merge_splits(Stream& stream, const AttentionArguments& arguments) {
  AttentionArguments a = arguments;
  if (a.splits == 1) return;
  for (a.first_token = 0; a.first_token < a.tokens.count; a.first_token += most_tokens) {
    const int count = std::min(most_tokens, a.tokens.count - a.first_token);
    const int blocks = (merge_pieces(a) + threads / 32 - 1) / (threads / 32);
    launch(stream, {{blocks, count}, threads, merge_bytes(threads / 32)}, merge_kernel, a);
  }
}

void attend(Stream& stream, const AttentionArguments& arguments) {
  AttentionArguments a = arguments;
  const int cells = std::max(a.keys.width, a.values.width);
  INVARIANT(cells <= max_head_cells && a.splits <= max_splits);
  const bool fp8 = !a.cache.codes.empty();
  const Kernel kernel = fp8 ? kernel_for<Values::fp8>(cells) : kernel_for<Values::plain>(cells);
  constexpr int warps = threads / 32;
  for (a.first_token = 0; a.first_token < a.tokens.count; a.first_token += most_tokens) {
    const int count = std::min(most_tokens, a.tokens.count - a.first_token);
    launch(stream, {{a.splits, (a.heads + warps - 1) / warps, count}, threads}, kernel, a);
  }
}

}  // namespace engine::backend::cuda
