// Products of many tokens by tiles (tile_kernels.h): what products.h does where a machine has them.
#pragma once

#include "engine/backend/cpu/products.h"

namespace engine::backend::cpu {

// Whether a product goes this way: fewer tokens than a quarter of a tile meet the levels of a row
// sooner than the row is rounded.
bool takes_tiles(const Machine& machine, const Product& product);

// As multiply_groups, on the calling thread, which is `thread`.
void multiply_tiles(const Machine& machine, const Product& product, int first_group,
                    int group_count, int thread);

}  // namespace engine::backend::cpu
