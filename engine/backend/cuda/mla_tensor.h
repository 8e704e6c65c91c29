// Latent attention on tensor cores: all heads of a token see the same latents, so that 16 heads, or
// 64 rows of (token, head) in a prefill, are one tile of a matrix product with them. Needs a cache
// of halves or fp8. The specification is reference/mla_attention.cpp.
#pragma once

#include "engine/backend/cuda/attention.h"

namespace engine::backend::cuda {

// Rows first … first + count of [tokens · heads], all of one sequence.
struct RowTile {
  int32_t first, count;
};

struct MlaTensorArguments {
  AttentionArguments common;  // keys.width is the latent and k_pe, values.width the latent
  View<const RowTile> tiles;  // of a large batch; empty: block z is the token, block y its 16 heads
  int32_t tile_count = 0;
  int32_t chunk = 0;      // with tiles and more than one split: positions of a split
  View<uint16_t> halves;  // with tiles: [tokens · heads][values.width], the finished values
};

// How the positions of a large batch are split, so that few tiles still fill a device.
struct PositionSplits {
  int count = 1, chunk = 0;
};
PositionSplits split_positions(int tiles, int tokens, int heads, int positions);

// Which of these kernels a model and a device can have: the rows of a tile, 16 or 64; 0: none.
int mla_tile_rows(int lora, int rope, size_t shared_bytes, bool large);

size_t mla_shared_bytes(int tile_rows, int width);  // of a block

// With tiles everything is done here; without, merge_splits() follows.
void attend_on_tensor_cores(Stream& stream, const MlaTensorArguments& arguments, int tile_rows);

}  // namespace engine::backend::cuda
