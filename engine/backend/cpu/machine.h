// The kernels that a processor runs.
#pragma once

#include <memory>

#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/products.h"
#include "engine/model/weights.h"

namespace engine::backend::cpu {

// A machine (products.h) and what it refers to.
struct OwnMachine {
  OwnMachine(const model::Weights& weights, Isa isa, std::shared_ptr<base::ThreadPool> pool);
  OwnMachine(const OwnMachine&) = delete;
  OwnMachine& operator=(const OwnMachine&) = delete;

  const Q8Kernels q8;
  const LevelKernels levels;
  const FloatKernels floats;
  const std::shared_ptr<base::ThreadPool> threads;
  const std::unique_ptr<Tiles> tiles;
  const Machine machine;
};

}  // namespace engine::backend::cpu
