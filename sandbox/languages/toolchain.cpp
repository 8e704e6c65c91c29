#include "sandbox/languages/toolchain.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "engine/base/format.h"
#include "sandbox/policy/workspace.h"

namespace sandbox::languages {
namespace {

namespace fs = std::filesystem;

using engine::base::fail;
using engine::base::Result;

bool is_below(const fs::path& path, const fs::path& folder) {
  const std::string relative = path.lexically_relative(folder);
  return !relative.empty() && !relative.starts_with("..");
}

std::string environment_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The folder above bin/ of a tool, where it keeps its library.
fs::path prefix_of(const fs::path& tool) { return tool.parent_path().parent_path(); }

// A home folder holds more than a toolchain, and so does whatever holds home folders.
bool is_a_toolchain(const fs::path& prefix) {
  return prefix.has_relative_path() &&
         !policy::holds_more_than_a_project(prefix, environment_of("HOME")) &&
         prefix.filename() != ".local" && prefix.filename() != ".cargo";
}

void add_root(const fs::path& folder, const std::optional<std::string>& workspace,
              std::vector<policy::Tree>& roots) {
  if (is_below(folder, "/usr") || (workspace && is_below(folder, *workspace))) return;
  for (const policy::Tree& root : roots) {
    if (is_below(folder, root.host)) return;
  }
  roots.push_back({folder, folder, policy::View::read_only, {}});
}

// A project's .venv is the project's own word: a link in it could name a file beside the project,
// and have a run see all that lies there.
bool may_hold_python(const fs::path& python, const std::optional<std::string>& workspace) {
  const fs::path prefix = prefix_of(python);
  std::error_code error;
  const fs::path project = workspace ? fs::weakly_canonical(*workspace, error) : fs::path();
  if (is_below(prefix, "/usr") || (workspace && is_below(prefix, project))) return true;
  return is_a_toolchain(prefix) && !(workspace && is_below(project, prefix));
}

// rustup puts a switch into PATH; the tool itself lies in its default toolchain.
fs::path behind_rustup(const fs::path& tool) {
  std::error_code error;
  if (fs::canonical(tool, error).filename() != "rustup") return tool;
  const std::string set = environment_of("RUSTUP_HOME");
  const fs::path home = set.empty() ? fs::path(environment_of("HOME")) / ".rustup" : fs::path(set);
  std::ifstream file(home / "settings.toml");
  static const std::regex chosen(R"re(^default_toolchain = "([\w.-]+)"$)re");
  std::smatch match;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_match(line, match, chosen)) {
      return home / "toolchains" / match[1].str() / "bin" / tool.filename();
    }
  }
  return {};
}

std::vector<fs::path> search_path() {
  std::vector<fs::path> folders;
  std::istringstream path(environment_of("PATH"));
  for (std::string folder; std::getline(path, folder, ':');) {
    if (folder.starts_with("/")) folders.emplace_back(folder);
  }
  folders.emplace_back("/usr/local/bin");
  folders.emplace_back("/usr/bin");
  return folders;
}

// Nothing where it cannot be shown to a run: it is not there, or lies in a home folder itself.
std::optional<Tool> usable(const fs::path& candidate) {
  std::error_code error;
  const fs::path tool = fs::exists(candidate, error) ? behind_rustup(candidate) : fs::path();
  if (tool.empty() || !fs::exists(tool, error) || fs::is_directory(tool, error)) return {};
  Tool found{.path = tool};
  for (const fs::path& place : {tool, fs::canonical(tool, error)}) {
    const fs::path prefix = prefix_of(place);
    const bool system = is_below(place, "/usr") || is_below(place, "/etc/alternatives") ||
                        place.parent_path() == "/bin";
    if (!system && !is_a_toolchain(prefix)) return {};
    if (!system) add_root(prefix, std::nullopt, found.roots);
  }
  return found;
}

}  // namespace

Result<Tool> find_python(const std::string& setting, const std::optional<std::string>& workspace) {
  std::vector<fs::path> candidates;
  if (!setting.empty()) candidates.emplace_back(setting);
  if (const std::string active = environment_of("VIRTUAL_ENV"); !active.empty()) {
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
    Tool found{.path = candidate};
    if (fs::exists(prefix_of(candidate) / "pyvenv.cfg", error)) {
      found.environment = prefix_of(candidate);
      add_root(prefix_of(candidate), workspace, found.roots);
    }
    // Links to another Python, as virtual environments and version managers make them.
    const fs::path behind = fs::canonical(candidate, error);
    if (!may_hold_python(behind, workspace)) {
      if (candidate != setting) continue;
      return fail("the Python at '", setting, "', which is configured, cannot be shown to a run: '",
                  prefix_of(behind).string(), "' holds more than it");
    }
    add_root(prefix_of(behind), workspace, found.roots);
    return found;
  }
  return fail("there is no Python: apt-get install python3");
}

Result<Tool> find_tool(const std::vector<std::string>& names, const std::string& setting,
                       const std::string& mend) {
  if (!setting.empty()) {
    if (auto found = usable(setting)) return std::move(*found);
    return fail("no usable program at '", setting, "', which is configured");
  }
  for (const std::string& name : names) {
    for (const fs::path& folder : search_path()) {
      if (auto found = usable(folder / name)) return std::move(*found);
    }
  }
  return fail("there is no ", names.front(), ": ", mend);
}

Result<Tool> find_esbuild(const std::optional<std::string>& workspace) {
  std::error_code error;
  if (workspace) {
    // Beside the script that npm links to: the program itself starts ten times as fast.
    for (const char* place : {"@esbuild/linux-x64/bin/esbuild", "esbuild/bin/esbuild"}) {
      const fs::path path = fs::path(*workspace) / "node_modules" / place;
      if (fs::exists(path, error)) return Tool{.path = path};
    }
  }
  return find_tool({"esbuild"}, "",
                   "npm install --save-dev esbuild in the project, or apt-get install esbuild");
}

}  // namespace sandbox::languages
