// The kernels that a processor runs.
#pragma once

#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/products.h"
#include "engine/model/weights.h"

namespace engine::backend::cpu {

Q8Kernels q8_kernels(Isa isa);
FloatKernels float_kernels(Isa isa);
const TileKernels* tile_kernels(Isa isa);  // null where there are none

// How activations are laid out for the tiles of this model.
ColumnOrder activation_order(const model::Weights& weights);

}  // namespace engine::backend::cpu
