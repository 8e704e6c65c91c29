// Products of many tokens on tensor cores: y = weights · x with x and the unpacked weights in half
// precision and sums in float32. For more than 16 tokens, in fast arithmetic.
//
// One kernel serves a single matrix; the heads of one (block z is the head); routed experts, whose
// tokens are gathered (tiles); and gate with up, which become one by their activation on the way
// out. The biases of a matrix are those of its stack.
#pragma once

#include "engine/backend/cuda/experts.h"
#include "engine/backend/cuda/launch.h"
#include "engine/backend/cuda/project.h"

namespace engine::backend::cuda {

// Tokens that a block multiplies at once: few of an expert, or many; or, by warp groups, more.
inline constexpr int narrow_tile = 16, wide_tile = 64, group_tile = 128;

// Visits first … first + count of one expert, at most as many as a tile has; see group_visits().
struct VisitTile {
  int32_t expert, first, count;
};

struct GemmArguments {
  DeviceStack weights;     // stride 0: a single matrix
  DeviceStack up;          // with `pairs`
  int32_t pairs = 0;       // 0 or 1
  int32_t clamped = 0;     // 0 or 1: how pairs are activated
  View<const uint16_t> x;  // [tokens][x_stride], in order, padded with zeros to whole units
  int32_t x_stride = 0;
  int32_t tokens = 0;
  View<const VisitTile> tiles;     // of routed experts; empty: tokens as they come
  View<const int32_t> tile_count;  // [1]
  int32_t most_tiles = 0, tile_tokens = wide_tile;
  View<const int32_t> visit_rows;  // [visits]: of x; empty: the visit itself
  // Heads as in Projection, and where results go: output, halves or both.
  int32_t heads = 1, head_input = 0, head_output = 0, output_in_heads = 0;
  View<float> output;
  View<uint16_t> halves;
  int32_t output_stride = 0, output_group = 1, halves_stride = 0;
  Store store = Store::replace;
  size_t most_shared_bytes = 48 << 10;  // what a block can have
  // See LargeRows; with tiles: whether they go by warp groups.
  int32_t least_group_blocks = 0;
  int32_t chunk_steps = 0, column_groups = 1;  // set by gemm()
};
void gemm(Stream& stream, const GemmArguments& arguments);

// The same by warp groups (gemm_groups.cu), which Hopper's tensor cores are made for; gemm() asks
// for it where `least_group_blocks` says so. Tiles have wide_tile or group_tile tokens. Whether
// this build has them for the device:
base::Result<bool> has_warp_groups(Stream& stream);
inline constexpr size_t group_shared_bytes = 68 << 10;  // of a block
// How many blocks it takes; 0: these weights are none for it.
int group_blocks(const GemmArguments& arguments);
void gemm_by_groups(Stream& stream, const GemmArguments& arguments);

// halves[t] = norm(rows[t]) as half, in order; `columns` are padded with zeros to whole units.
struct HalvesArguments {
  Input rows;
  int32_t columns = 0;
  float epsilon = 0;
  View<uint16_t> halves;  // [tokens][units · 32]
  int32_t tokens = 0;
};
void to_halves(Stream& stream, const HalvesArguments& arguments);

// Sorts (token, slot) visits by expert, then by token.
struct GroupArguments {
  View<const int32_t> chosen;  // [tokens][used]
  View<int32_t> visit_rows;    // [visits]: token
  View<int32_t> visit_of;      // [tokens][used]: where the visit went
  View<VisitTile> tiles;       // at most visits / tile_tokens + experts
  View<int32_t> tile_count;    // [1]
  int32_t tokens = 0, used = 0, experts = 0, tile_tokens = wide_tile;
};
void group_visits(Stream& stream, const GroupArguments& arguments);

// hidden[t] += Σ weight · results[visit] + shared[t]
struct CombineArguments {
  View<const float> results;     // [visits][columns], in order
  View<const int32_t> visit_of;  // [tokens][used]
  View<const float> weights;     // [tokens][used]
  View<float> hidden;            // [tokens][hidden_stride], interleaved
  int32_t hidden_stride = 0, hidden_group = 32;
  int32_t tokens = 0, used = 0, columns = 0;
};
void combine_visits(Stream& stream, const CombineArguments& arguments);

}  // namespace engine::backend::cuda
