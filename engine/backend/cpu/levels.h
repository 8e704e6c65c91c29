// Weights that are unpacked to levels on the way to a product.
#pragma once

#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/kernels.h"
#include "engine/gguf/weight_type.h"

namespace engine::backend::cpu {

bool has_levels(gguf::WeightType type);

// The kernels of an instruction set; where it has none of its own, those of the next simpler one.
LevelKernels level_kernels(Isa isa);

Unpack unpack_of(const LevelKernels& kernels, gguf::WeightType type);
LevelRange level_range(gguf::WeightType type);
// Null where there is none: then rows are unpacked first.
MultiplyBytes few_tokens_of(const LevelKernels& kernels, gguf::WeightType type);

}  // namespace engine::backend::cpu
