// Which instruction set the kernels use.
#pragma once

#include "engine/base/result.h"

namespace engine::backend::cpu {

// Each has all that the ones before it have.
enum class Isa { generic, avx2, avx512, amx };

const char* isa_name(Isa isa);
bool isa_available(Isa isa);

// The best this processor has, or what LEMMA_CPU names; an error when that is unknown or not there.
base::Result<Isa> choose_isa();

}  // namespace engine::backend::cpu
