// Writes a step of one token down as phases, with the arguments that launches get.
#pragma once

#include <functional>

#include "engine/backend/cuda/layer_arguments.h"

namespace engine::backend::cuda {

// Whether there are phases for all that a model's step does: latent attention on tensor cores, and
// experts, all of them on the device, whose weights have levels of bytes.
bool has_phases(const Machine& machine);

// Kept in `step` until its rows grow. Errors: memory.
base::Result<const PhaseList*> phases_of(const Machine& machine,
                                         const std::function<LayerCache(int layer)>& cache_of,
                                         Step& step);

}  // namespace engine::backend::cuda
