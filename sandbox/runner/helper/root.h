// The file system a run sees: a small read-only root of its own, the host's folders through
// overlays, and one piece of memory for everything that can be written.
#pragma once

#include <sys/types.h>

#include <vector>

#include "sandbox/policy/policy.h"
#include "sandbox/runner/helper/system.h"

namespace sandbox::runner::helper {

struct OpenTree {
  Descriptor descriptor;
  // A mount of its own that is attached nowhere yet; else the folder itself.
  bool detached = false;
};
using OpenTrees = std::vector<OpenTree>;

// Where the caller is the machine's root: the folders that a run may change, as mounts on which
// their owner's files belong to `user`. A folder whose file system cannot do that is left out.
OpenTrees give_trees(const policy::Policy& policy, uid_t user);

// The rest of them, opened while the process still has the user's identity: the way to a folder may
// be closed to the identity that the sandbox runs under.
MaybeFailure open_trees(const policy::Policy& policy, OpenTrees& trees);

// Builds the root in the caller's own mount namespace and moves into it; the host's is gone then.
// Needs the capabilities of the caller's user namespace.
MaybeFailure enter_root(const policy::Policy& policy, const OpenTrees& trees);

}  // namespace sandbox::runner::helper
