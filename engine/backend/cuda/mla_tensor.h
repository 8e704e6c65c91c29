// Latent attention on tensor cores: all heads of a token see the same latents, so that 16 heads, or
// 64 rows of (token, head) in a prefill, are one tile of a matrix product with them. Needs a cache
// of halves or fp8. The specification is reference/mla_attention.cpp.
#pragma once

#include "engine/backend/cuda/attention_tiles.h"

namespace engine::backend::cuda {

// Which of these kernels a model and a device can have: the rows of a tile, 16 or 64; 0: none.
int mla_tile_rows(int lora, int rope, size_t shared_bytes, bool large);

size_t mla_shared_bytes(int tile_rows, int width);  // of a block

// With tiles everything is done here; without, where block z is the token and block y its heads by
// sixteens, merge_splits() follows. keys.width is the latent and k_pe, values.width the latent.
void attend_on_tensor_cores(Stream& stream, const TiledAttention& arguments, int tile_rows);

}  // namespace engine::backend::cuda
