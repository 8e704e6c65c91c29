// What a sandbox's init gives up before it looks at anything of the run.
#pragma once

#include "sandbox/policy/policy.h"
#include "sandbox/runner/helper/system.h"

namespace sandbox::runner::helper {

// All capabilities, in every set, and the way back to them: setuid programs gain nothing.
MaybeFailure drop_capabilities();
// For this process and everything it starts. It keeps the limit of core files, which this sets.
MaybeFailure load_filter(policy::Tracing tracing);
// Limits of the calling process, inherited by what it executes.
MaybeFailure limit_process(const policy::Policy& policy);

}  // namespace sandbox::runner::helper
