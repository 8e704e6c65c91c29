// What a sandbox's init gives up before it looks at anything of the run.
#pragma once

#include "sandbox/policy/policy.h"
#include "sandbox/runner/helper/system.h"

namespace sandbox::runner::helper {

// All capabilities, in every set, and the way back to them: setuid programs gain nothing.
MaybeFailure drop_capabilities();
// Whether the sandbox has namespaces of its own. Where it has none, the filter refuses also what
// would reach beyond it: sockets, and what Landlock does not see.
enum class Surroundings { own, shared };
// For this process and everything it starts. It keeps the limit of core files, which this sets.
MaybeFailure load_filter(policy::Tracing tracing, Surroundings surroundings);
// Limits of the calling process, inherited by what it executes.
MaybeFailure limit_process(const policy::Policy& policy);

}  // namespace sandbox::runner::helper
