// Which Python runs a program, and what of the host it needs besides /usr.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "sandbox/policy/policy.h"

namespace sandbox::languages {

struct Interpreter {
  std::string path;                 // as the sandbox sees it
  std::string environment;          // a virtual environment's folder, or empty
  std::vector<policy::Tree> roots;  // folders outside the workspace that it needs, read-only
};

// `setting`, then VIRTUAL_ENV, then `.venv` in the workspace, then /usr/bin/python3.
engine::base::Result<Interpreter> find_python(const std::string& setting,
                                              const std::optional<std::string>& workspace);

}  // namespace sandbox::languages
