// The folders that a run may change, as copies: for sandboxes without overlay file systems.
#pragma once

#include <string>
#include <vector>

#include "sandbox/policy/policy.h"
#include "sandbox/runner/helper/system.h"

namespace sandbox::runner::helper {

// Folders of a project with packages that somebody installed: many files, and rarely changed. They
// are not copied, but shown read-only.
inline constexpr const char* package_folders[] = {"node_modules", ".venv", "venv"};

// Copies `folders`, the scratch trees in the policy's order, to their places below `root`, which is
// empty or an absolute path. Skips what is hidden, what this user may not read, sockets and pipes,
// .git, and package folders. Fails beyond the limit of scratch memory.
MaybeFailure copy_trees(const policy::Policy& policy, const std::vector<Descriptor>& folders,
                        const std::string& root);

}  // namespace sandbox::runner::helper
