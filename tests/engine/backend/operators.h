// What the tests of the CPU's operations share: random rows, the error they are judged by, and the
// instruction sets there are.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/backend/cpu/cells.h"
#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/products.h"

namespace operators {

std::vector<float> random_values(size_t count, int seed);

// What is left of values in half precision.
std::vector<float> rounded_to_halves(std::vector<float> values);

// A layer's cache of random values.
class TestCache {
 public:
  TestCache(engine::backend::cpu::CellType type, int blocks, int width);
  engine::backend::cpu::LayerCache layer();
  std::vector<float> values;  // [block][slot][width], as the cells hold them

 private:
  engine::backend::cpu::LayerCache form_;
  std::vector<std::byte> cells_;
};

// Σ (found − expected)² / Σ expected²
double normalised_error(std::span<const float> found, std::span<const float> expected);

struct Instructions {
  engine::backend::cpu::Isa isa;
  engine::backend::cpu::Q8Kernels q8;
  engine::backend::cpu::LevelKernels levels;
  engine::backend::cpu::FloatKernels floats;
  const engine::backend::cpu::TileKernels* tiles = nullptr;
  engine::backend::cpu::ColumnOrder activations = engine::backend::cpu::ColumnOrder::plain;
};
std::vector<Instructions> available_instructions();

// What a backend gives its operations.
class TestMachine {
 public:
  TestMachine(const Instructions& instructions, engine::base::ThreadPool& threads);
  engine::backend::cpu::Machine for_rows(int rows) const { return all_.for_rows(rows); }

 private:
  std::unique_ptr<engine::backend::cpu::Tiles> tiles_;
  engine::backend::cpu::Machine all_;
};

}  // namespace operators
