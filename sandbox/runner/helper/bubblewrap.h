// A sandbox whose namespaces and root the system's bubblewrap makes: where only that program may
// make user namespaces, as on Ubuntu 24.04.
#pragma once

#include "sandbox/runner/helper/system.h"
#include "sandbox/runner/protocol.h"

namespace sandbox::runner::helper {

// Becomes bubblewrap, which becomes this program again, inside, with `socket` as its keeper's.
// Returns only to say why it could not.
Failure become_bubblewrap(const Plan& plan, int socket);

}  // namespace sandbox::runner::helper
