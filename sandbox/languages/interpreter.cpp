#include "sandbox/languages/interpreter.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/base/format.h"

namespace sandbox::languages {
namespace {

namespace fs = std::filesystem;

using engine::base::fail;

bool is_below(const fs::path& path, const fs::path& folder) {
  const std::string relative = path.lexically_relative(folder);
  return !relative.empty() && !relative.starts_with("..");
}

// The folder above bin/ of an interpreter, where it keeps its library.
fs::path prefix_of(const fs::path& interpreter) { return interpreter.parent_path().parent_path(); }

void add_root(const fs::path& folder, const std::optional<std::string>& workspace,
              std::vector<policy::Tree>& roots) {
  if (is_below(folder, "/usr") || (workspace && is_below(folder, *workspace))) return;
  for (const policy::Tree& root : roots) {
    if (is_below(folder, root.host)) return;
  }
  roots.push_back({folder, folder, policy::View::read_only, {}});
}

}  // namespace

engine::base::Result<Interpreter> find_python(const std::string& setting,
                                              const std::optional<std::string>& workspace) {
  std::vector<fs::path> candidates;
  if (!setting.empty()) candidates.emplace_back(setting);
  if (const char* active = std::getenv("VIRTUAL_ENV")) {
    candidates.push_back(fs::path(active) / "bin/python3");
  }
  if (workspace) candidates.push_back(fs::path(*workspace) / ".venv/bin/python3");
  candidates.emplace_back("/usr/bin/python3");
  std::error_code error;
  for (const fs::path& candidate : candidates) {
    if (!fs::exists(candidate, error)) {
      if (candidate == setting) return fail("no Python at '", setting, "', which is configured");
      continue;
    }
    Interpreter found{.path = candidate};
    if (fs::exists(prefix_of(candidate) / "pyvenv.cfg", error)) {
      found.environment = prefix_of(candidate);
      add_root(prefix_of(candidate), workspace, found.roots);
    }
    // Links to another Python, as virtual environments and version managers make them.
    add_root(prefix_of(fs::canonical(candidate, error)), workspace, found.roots);
    return found;
  }
  return fail("no Python: install python3, or name one in lemma's settings");
}

}  // namespace sandbox::languages
