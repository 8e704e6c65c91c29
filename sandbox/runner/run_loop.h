// One run in one sandbox: dispatches the job, collects the output, ends it in time.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "sandbox/runner/run.h"
#include "sandbox/runner/sandbox.h"

namespace sandbox::runner {

using Clock = std::chrono::steady_clock;

// What came before the program: nothing, or the report that no program was started.
struct Attempt {
  Outcome outcome;
  std::optional<Report> machine_failure;  // another backend may do better
};

// The sandbox may still be in the making. `begin` is when the caller was asked.
Attempt run_in(Sandbox& sandbox, const Request& request, Clock::time_point begin);

}  // namespace sandbox::runner
