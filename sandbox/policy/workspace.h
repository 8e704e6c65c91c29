// Which part of a user's files a run sees, and which of it is a secret.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sandbox/policy/policy.h"

namespace sandbox::policy {

// A home folder by any of its names, what holds home folders, and what is the system's. `home` is
// this user's by its own word; that of the folder's owner counts as well.
bool holds_more_than_a_project(const std::string& folder, const std::string& home);

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
