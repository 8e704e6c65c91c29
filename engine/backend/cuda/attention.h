// Attention over the blocks of the KV cache, for both kinds: with latent attention (absorbed, see
// reference/mla_attention.cpp) all heads share one key, which is the cached latent and k_pe, and
// its first values are the value; with grouped queries (reference/gqa_attention.cpp) each group has
// its own, a query may see a window of positions alone, and a head may have a sink.
//
// A token's positions are split into chunks that are attended to in parallel and merged. Where they
// are split depends on the token's position alone, so that a row does not depend on its batch; only
// batches of more than 16 tokens, which have enough rows to fill a device, are not split.
#pragma once

#include "engine/backend/cuda/latent_slot.h"
#include "engine/backend/cuda/launch.h"
#include "engine/backend/cuda/matrix.h"

namespace engine::backend::cuda {

inline constexpr int block_slots = 32;  // backend::block_tokens
inline constexpr int max_splits = 128;

// Where tokens are: what the host knows of a batch.
struct Tokens {
  View<const int32_t> ids;           // [tokens]
  View<const int32_t> positions;     // [tokens]
  View<const int32_t> slots;         // [tokens]: block · 32 + slot, where it is written
  View<const int32_t> table_starts;  // [tokens]: of its block table in `tables`
  View<const int32_t> tables;
  int32_t count = 0;
};

// The slot of a position, counted from the start of the cache; `start`: of the block table.
DEVICE size_t slot_at(const Tokens& tokens, int start, int position) {
  const int block = tokens.tables[start + position / block_slots];
  return size_t(block) * block_slots + position % block_slots;
}

// One layer's cache: [block][slot][width] of float32 or half, or [block][slot] of latents as fp8.
struct LayerCache {
  View<float> floats;
  View<uint16_t> halves;
  View<uint8_t> codes;  // of fp8: all bytes of the slots, the same memory as `halves`
  int32_t width = 0;    // values of a slot
  LatentSlot latent;    // of fp8

  DEVICE bool is_fp8() const { return !codes.empty(); }

  // Not of fp8; `at` counts values.
  DEVICE float get(size_t at) const {
    return floats.empty() ? half_to_float(halves[at]) : floats[at];
  }
  DEVICE void set(size_t at, float value) const {
    if (floats.empty()) {
      halves[at] = float_to_half(value);
    } else {
      floats[at] = value;
    }
  }

  // Of fp8: places in `halves`, of slots counted from the start of the cache.
  DEVICE size_t rope_at(size_t slot) const {
    return (slot * latent.bytes + latent.rope_at) / sizeof(uint16_t);
  }
  DEVICE size_t scale_at(size_t slot, int code) const {
    return (slot * latent.bytes + latent.scales_at) / sizeof(uint16_t) + code / codes_of_scale;
  }
  DEVICE float get_fp8(size_t slot, int at) const {
    if (at >= latent.codes) return half_to_float(halves[rope_at(slot) + at - latent.codes]);
    const uint32_t half = e4m3_to_halves(codes[slot * latent.bytes + at]);
    return half_to_float(static_cast<uint16_t>(half)) * half_to_float(halves[scale_at(slot, at)]);
  }
};

// Cells from which head h's keys and values are read: first + h / group · step, of a slot.
struct HeadCells {
  int32_t first = 0, step = 0, width = 0;
};

struct AttentionArguments {
  Tokens tokens;
  LayerCache cache;
  View<const float> queries;  // [tokens][heads][keys.width], in order
  HeadCells keys, values;
  int32_t heads = 0;
  int32_t group = 1;   // heads that share keys and values
  int32_t splits = 1;  // of the grid; chunk_of() decides which of them have work
  int32_t first_token = 0;
  int32_t window = 0;       // positions that a query sees, its own the last of them; 0: all
  View<const float> sinks;  // [heads] or empty
  float scale = 0;
  View<float> partial;  // [tokens][heads][splits][values.width]
  View<float> stats;    // [tokens][heads][splits][2]: greatest score, sum of exponentials
  View<float> output;   // [tokens][output_stride]: head h from h · output_head on, interleaved
  int32_t output_stride = 0, output_head = 0, output_group = 1;
};

// Value `i` of a head's result.
DEVICE void store_attended(const AttentionArguments& a, int token, int head, int i, float value) {
  a.output[size_t(token) * a.output_stride +
           interleaved(head * a.output_head + i, a.output_group)] = value;
}

inline constexpr int max_head_cells = 640;

// Few heads leave a device idle unless there are many splits.
ANYWHERE int most_splits(int heads) { return heads <= 16 ? max_splits : max_splits / 2; }

// Positions a split takes when a token has `positions`: whole KV blocks.
ANYWHERE int chunk_of(int positions, int heads, bool whole) {
  if (whole) return positions;
  const int even = (positions + most_splits(heads) - 1) / most_splits(heads);
  const int blocks = (even + block_slots - 1) / block_slots;
  return (blocks < 2 ? 2 : blocks) * block_slots;
}

// The positions that a token at `position` sees: begin … end.
struct Seen {
  int32_t begin, end;
};
DEVICE Seen seen_from(const AttentionArguments& a, int position) {
  const int begin = a.window == 0 || position < a.window ? 0 : position - a.window + 1;
  return {begin, position + 1};
}

// What head h's sink adds to a sum of exp(score − most).
DEVICE float sink_of(const AttentionArguments& a, int head, float most) {
  return a.sinks.empty() ? 0.0f : exponential(a.sinks[head] - most);
}

// Attends and merges: two launches, of which a single split needs the first alone.
void attend(Stream& stream, const AttentionArguments& arguments);
void merge_splits(Stream& stream, const AttentionArguments& arguments);

}  // namespace engine::backend::cuda
