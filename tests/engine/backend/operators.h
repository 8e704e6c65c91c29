// What the tests of the CPU's operations share: random rows, the error they are judged by, and the
// instruction sets there are.
#pragma once

#include <span>
#include <vector>

#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/products.h"

namespace operators {

std::vector<float> random_values(size_t count, int seed);

// Σ (found − expected)² / Σ expected²
double normalised_error(std::span<const float> found, std::span<const float> expected);

struct Instructions {
  engine::backend::cpu::Isa isa;
  engine::backend::cpu::Q8Kernels q8;
  engine::backend::cpu::LevelKernels levels;
  engine::backend::cpu::FloatKernels floats;
};
std::vector<Instructions> available_instructions();

}  // namespace operators
