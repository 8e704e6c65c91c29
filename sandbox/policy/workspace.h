// Which part of a user's files a run sees, and which of it is a secret.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sandbox/policy/policy.h"

namespace sandbox::policy {

// The project that a file belongs to: the nearest folder above it with a .git, else the file's own.
// Nothing where that would be a home folder, /tmp or the like, which hold more than a project: then
// the run gets the file alone.
std::optional<std::string> workspace_of(const std::string& file, const std::string& home);

// Paths below `root`, relative, that a run must not see: files and folders whose names say so,
// git's configurations (submodules' and worktrees' too) where they carry credentials, and folders
// that cannot be looked through. Installed packages (node_modules, virtual environments) are not
// searched.
std::vector<std::string> secrets_below(const std::string& root);

// The project as a run sees it, at its own path: writes stay in the sandbox.
Tree workspace_tree(const std::string& root);

}  // namespace sandbox::policy
