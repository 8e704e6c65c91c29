// Random weights of the types that lemma reads and does not write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/gguf/weight_type.h"

namespace engine::cli {

// A row of blocks of `type`, which is_of_grid(), with random bytes, and values of this deviation.
void random_blocks(gguf::WeightType type, float deviation, uint64_t seed, std::span<std::byte> row);

}  // namespace engine::cli
