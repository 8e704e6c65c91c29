// Grouped-query attention of a large batch on tensor cores: the queries of a group, of several
// tokens, are the rows of a tile of a matrix product with the keys and values that they share.
// Needs a cache of halves. The specification is reference/gqa_attention.cpp.
#pragma once

#include "engine/backend/cuda/attention_tiles.h"
#include "engine/model/config.h"

namespace engine::backend::cuda {

inline constexpr int gqa_tile_rows = 64;

// Whether there is a kernel for heads of these sizes.
bool has_gqa_tiles(const model::Gqa& gqa);

// With a window there is one split.
void attend_groups_on_tensor_cores(Stream& stream, const TiledAttention& arguments);

}  // namespace engine::backend::cuda
