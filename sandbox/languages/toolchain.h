// Which program runs or compiles a file, and what of this machine it needs besides /usr.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "sandbox/policy/policy.h"

namespace sandbox::languages {

struct Tool {
  std::string path;                 // as the sandbox sees it
  std::string environment;          // a Python virtual environment's folder, or empty
  std::vector<policy::Tree> roots;  // folders outside the workspace that it needs, read-only
};

// `setting`, then VIRTUAL_ENV, then `.venv` in the workspace, then /usr/bin/python3.
engine::base::Result<Tool> find_python(const std::string& setting,
                                       const std::optional<std::string>& workspace);

// `setting`, then the first of `names` that this process's PATH leads to, then /usr. A tool that a
// user installed below a home folder brings its own folder along, never the home folder. An error
// says what is missing and ends with `mend`.
engine::base::Result<Tool> find_tool(const std::vector<std::string>& names,
                                     const std::string& setting, const std::string& mend);

// esbuild of the workspace's node_modules, or an installed one.
engine::base::Result<Tool> find_esbuild(const std::optional<std::string>& workspace);

}  // namespace sandbox::languages
