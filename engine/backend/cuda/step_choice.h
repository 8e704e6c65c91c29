// How a step of one token goes (ARCHITECTURE.md, "A step on a GPU"): measured when a model is
// loaded, unless LEMMA_CUDA_STEP=operations|phases|overlapping|persistent decides.
#pragma once

#include <functional>

#include "engine/backend/cuda/products_choice.h"

namespace engine::backend::cuda {

enum class StepForm {
  operations,   // those of layer.h, one after another
  phases,       // phased_step.h, a launch for each
  overlapping,  // the same, each asking for its weights while the one before runs
  persistent    // one kernel for all of them
};

struct StepChoice {
  StepForm form = StepForm::operations;
  const char* name = nullptr;  // for people
};

// Some steps in a form: the milliseconds of the fastest, and the logits of the last.
using TimeStep = std::function<base::Result<TimedBatch>(StepForm form)>;

// The fastest of those whose logits are those of operations, bit for bit; phases in place of a
// persistent kernel that does not suit the model. Errors: operations fail;
// LEMMA_CUDA_STEP is something else.
base::Result<StepChoice> choose_step(const TimeStep& time_step);

}  // namespace engine::backend::cuda
