// A sandbox whose namespaces and root the system's bubblewrap makes: where only that program may
// make user namespaces, as on Ubuntu 24.04.
#pragma once

#include <vector>

#include "sandbox/runner/helper/root.h"
#include "sandbox/runner/helper/system.h"
#include "sandbox/runner/protocol.h"

namespace sandbox::runner::helper {

// Becomes bubblewrap, which becomes this program again, inside, with `socket` as its keeper's.
// Returns only to say why it could not.
Failure become_bubblewrap(const Plan& plan, int socket);

// Inside: the folders that a run may change, copied from `folders` into the memory that stands in
// their place. Skips what is hidden, sockets and pipes, .git, and what bubblewrap shows itself:
// installed packages.
MaybeFailure copy_trees(const policy::Policy& policy, const std::vector<Descriptor>& folders);

}  // namespace sandbox::runner::helper
