// A whole step of one token as one kernel, whose blocks stay and meet between operations: a meeting
// costs less than a launch, weights of later operations are asked for meanwhile, and a block need
// not wait for others to begin. For latent attention with all experts on the device.
//
// The idea of one kernel for all layers is that of github.com/zeux/calm; here the operations are
// those of layer.h, bit for bit, written down as a list (phases.h).
#pragma once

#include <memory>
#include <span>

#include "engine/backend/cuda/layer_arguments.h"

namespace engine::backend::cuda {

class PersistentStep {
 public:
  // Nothing where the model or the device is not one of those that this is for.
  static std::unique_ptr<PersistentStep> create(const Machine& machine);

  // All of the step, of one token; caches are those of the layers. Errors: memory.
  base::Status run(const Machine& machine, std::span<const LayerCache> caches, Step& step);

 private:
  int blocks_ = 0;
  size_t shared_bytes_ = 0;
  Buffer<uint32_t> arrivals_;
};

}  // namespace engine::backend::cuda
