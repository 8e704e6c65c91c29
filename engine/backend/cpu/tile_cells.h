// Attention by tiles over keys and values as they are in the cache, which are the latents
// themselves where queries are absorbed. A row's results do not depend on the others, so that small
// batches take this way too.
#pragma once

#include "engine/backend/cpu/attention.h"
#include "engine/backend/cpu/layer.h"

namespace engine::backend::cpu {

// What of a slot are the keys and values of some heads; values may begin where keys do.
struct HeadCells {
  size_t first_key, first_value;
  int key_width, value_width;
};

// Whether the shape allows it, and what comes out is rounded by the next product anyway.
inline bool takes_cells_by_tiles(const Machine& machine, int value_width, const Layer& layer) {
  return machine.exact_tiles != nullptr && layer.output.takes_rounded() &&
         value_width % group_rows == 0;
}

// Keys and values of positions begin … end − 1, at most 512, in the scratch's tile_keys and
// tile_values.
TileKeys tiles_of_cells(const Machine& machine, const LayerCache& cache, const HeadCells& cells,
                        std::span<const BlockId> block_table, int begin, int end,
                        AttentionScratch& scratch);

// Queries that see `seen` positions each, from 0 on: [row][stride], of which key_width are used.
struct CellQueries {
  const float* rows;
  size_t stride;
  std::span<const int> seen;
  double score_scale;
};

// For each row the weighted mean of the values that it sees, [row][value_width], and how much these
// positions count.
void attend_by_tiles(const Machine& machine, const CellQueries& queries, const HeadCells& cells,
                     const TileKeys& keys, float* means, Share* shares, AttentionScratch& scratch);

}  // namespace engine::backend::cpu
