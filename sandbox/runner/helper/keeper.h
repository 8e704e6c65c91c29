// The helper program's two long lives: the keeper makes sandboxes on request, and each sandbox's
// init serves one job.
#pragma once

namespace sandbox::runner::helper {

// Makes a sandbox for each plan that arrives on keeper_socket, until that socket is closed. All
// sandboxes die with the keeper.
int keep();

// Serves one sandbox whose namespaces and root another program made (bubblewrap): takes the plan on
// keeper_socket like the keeper does.
int serve_inside();

}  // namespace sandbox::runner::helper
