// One run in one sandbox: dispatches the job, collects the output, ends it in time.
#pragma once

#include <chrono>

#include "sandbox/runner/run.h"
#include "sandbox/runner/sandbox.h"

namespace sandbox::runner {

using Clock = std::chrono::steady_clock;

// The sandbox may still be in the making. `begin` is when its caller's turn came.
Outcome run_in(Sandbox& sandbox, const Request& request, Clock::time_point begin);

}  // namespace sandbox::runner
