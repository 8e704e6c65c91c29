// The models of the machine's settings, for a search of features/debug: functions written anew
// (rewrites.h) and words by the one that can be spoken to, lines by the one that completes.
#pragma once

#include <memory>

#include "lsp/engine_model.h"
#include "lsp/features/debug/debug.h"

namespace lsp {

// Nothing of a subject that may not be shown to a model; `subject` outlives what is returned. Who
// is elsewhere gets program and tests, and which lines and tests failed; what the run has said
// (values, messages, output) stays on this machine.
features::debug::Models models_for(const std::shared_ptr<SharedEngine>& shared,
                                   const features::debug::Subject& subject,
                                   features::debug::Tongue tongue);

}  // namespace lsp
