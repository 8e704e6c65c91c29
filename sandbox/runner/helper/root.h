// The file system a run sees: a small read-only root of its own, the host's folders through
// overlays, and one piece of memory for everything that can be written.
#pragma once

#include <vector>

#include "sandbox/policy/policy.h"
#include "sandbox/runner/helper/system.h"

namespace sandbox::runner::helper {

// Opened while the process still has the user's identity: the way to a folder may be closed to the
// identity that the sandbox runs under.
using OpenTrees = std::vector<Descriptor>;
MaybeFailure open_trees(const policy::Policy& policy, OpenTrees& trees);

// Builds the root in the caller's own mount namespace and moves into it; the host's is gone then.
// Needs the capabilities of the caller's user namespace.
MaybeFailure enter_root(const policy::Policy& policy, const OpenTrees& trees);

}  // namespace sandbox::runner::helper
