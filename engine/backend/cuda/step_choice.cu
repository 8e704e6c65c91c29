#include "engine/backend/cuda/step_choice.h"

#include <cstdlib>
#include <string_view>

#include "engine/base/format.h"

namespace engine::backend::cuda {

base::Result<StepChoice> choose_step(const TimeStep& time_step) {
  constexpr StepChoice forms[] = {{StepForm::operations, "operations"},
                                  {StepForm::phases, "phases"},
                                  {StepForm::overlapping, "overlapping"},
                                  {StepForm::persistent, "persistent"}};
  const char* const wanted = std::getenv("LEMMA_CUDA_STEP");
  if (wanted != nullptr && *wanted != '\0') {
    for (const StepChoice& choice : forms) {
      if (std::string_view(wanted) != choice.name) continue;
      if (choice.form != StepForm::persistent || time_step(choice.form).ok()) return choice;
      return StepChoice{StepForm::phases, "phases, since one kernel does not know these weights"};
    }
    return base::fail("LEMMA_CUDA_STEP=", wanted,
                      ": it must be operations, phases, overlapping or persistent");
  }
  StepChoice best = forms[0];
  const auto operations = time_step(best.form);
  if (!operations.ok()) return operations.error();
  double least = operations->milliseconds;
  for (const StepChoice& choice : forms) {
    if (choice.form == StepForm::operations) continue;
    const auto time = time_step(choice.form);
    if (!time.ok() || time->logits != operations->logits) continue;
    if (time->milliseconds < least) least = time->milliseconds, best = choice;
  }
  return best;
}

}  // namespace engine::backend::cuda
