// Grouped-query attention of many queries by tiles: what gqa_attention.h does in larger batches
// where a machine has them.
#pragma once

#include "engine/backend/cpu/tile_cells.h"

namespace engine::backend::cpu {

// Keys and values of the heads of a group.
HeadCells cells_of(const model::Gqa& gqa, int group);

// Whether the shape allows it, and what comes out is rounded by the next product anyway.
bool takes_tiles(const Machine& machine, const model::Gqa& gqa, const Layer& layer);

// The queries of one sequence; as gqa_attention.
void attend_by_tiles(const Machine& machine, const model::Gqa& gqa, const LayerCache& cache,
                     std::span<const Query> tokens, int first_row, Activations& queries,
                     Activations& heads, std::span<AttentionScratch> scratch);

}  // namespace engine::backend::cpu
