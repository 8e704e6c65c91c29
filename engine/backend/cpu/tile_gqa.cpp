// A task is the heads of a group, which share what is rounded and interleaved of the cache.
#include "engine/backend/cpu/tile_gqa.h"

#include <algorithm>

#include "engine/backend/cpu/tile_tasks.h"

namespace engine::backend::cpu {

HeadCells cells_of(const model::Gqa& gqa, int group) {
  return {size_t(group) * gqa.key_dim, size_t(gqa.key_width()) + size_t(group) * gqa.value_dim,
          gqa.key_dim, gqa.value_dim};
}

bool takes_tiles(const Machine& machine, const model::Gqa& gqa, const Layer& layer) {
  return machine.tiles != nullptr && layer.output.takes_rounded() &&
         gqa.value_dim % group_rows == 0;
}

void attend_by_tiles(const Machine& machine, const model::Gqa& gqa, const LayerCache& cache,
                     std::span<const Query> tokens, int first_row, Activations& queries,
                     Activations& heads, std::span<AttentionScratch> scratch) {
  const TiledAttention all{.machine = machine,
                           .tokens = tokens,
                           .first_row = first_row,
                           .queries = queries,
                           .heads = heads,
                           .key_parts = {gqa.key_dim, 0},
                           .value_dim = gqa.value_dim,
                           .score_scale = gqa.score_scale,
                           .groups = gqa.kv_heads,
                           .group_heads = gqa.group()};
  const Query& last = tokens.back();
  const auto make = [&](int group, int first_tile, int count, AttentionScratch& own, int) {
    const int begin = first_tile * tile_tokens;
    const int end = std::min(begin + count * tile_tokens, last.position + 1);
    return tiles_of_cells(machine, cache, cells_of(gqa, group), last.block_table, begin, end, own);
  };
  attend_in_tiles(all, make, scratch);
}

}  // namespace engine::backend::cpu
