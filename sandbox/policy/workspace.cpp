#include "sandbox/policy/workspace.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "engine/base/secret_name.h"

namespace sandbox::policy {
namespace {

namespace fs = std::filesystem;

bool holds_more_than_a_project(const fs::path& folder, const std::string& home) {
  static const std::vector<std::string> shared{"/",     "/tmp",  "/var/tmp",
                                               "/home", "/root", "/dev/shm"};
  const std::string path = folder.string();
  const fs::path home_path = fs::path(home).lexically_normal();
  // Home itself, and everything above it.
  const bool above_home =
      !home.empty() && !home_path.lexically_relative(folder).string().starts_with("..");
  return above_home || std::find(shared.begin(), shared.end(), path) != shared.end() ||
         path == "/usr" || path.starts_with("/usr/") || path == "/etc" ||
         path.starts_with("/etc/") || path.starts_with("/proc") || path.starts_with("/sys");
}

bool carries_credentials(const fs::path& git_config) {
  std::ifstream file(git_config);
  for (std::string line; std::getline(file, line);) {
    const size_t scheme = line.find("://");
    const bool user_in_url =
        scheme != std::string::npos && line.find('@', scheme) != std::string::npos;
    if (user_in_url || line.find("extraheader") != std::string::npos ||
        line.find("extraHeader") != std::string::npos || line.find("[credential") == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string> workspace_of(const std::string& file, const std::string& home) {
  const fs::path own = fs::path(file).lexically_normal().parent_path();
  std::error_code error;
  for (fs::path folder = own; folder != folder.root_path(); folder = folder.parent_path()) {
    if (holds_more_than_a_project(folder, home)) break;
    if (fs::exists(folder / ".git", error)) return folder.string();
  }
  if (holds_more_than_a_project(own, home)) return std::nullopt;
  return own.string();
}

std::vector<std::string> secrets_below(const std::string& root) {
  std::vector<std::string> found;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator it(root, options, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename();
    const bool folder = it->is_directory(error) && !it->is_symlink(error);
    if (engine::base::is_secret_name(name) || (name == ".git" && !folder)) {
      // A .git that is a file points out of the project.
      if (name != ".git") found.push_back(it->path().lexically_relative(root));
      if (folder) it.disable_recursion_pending();
    } else if (name == ".git") {
      if (carries_credentials(it->path() / "config")) {
        found.push_back((it->path() / "config").lexically_relative(root));
      }
      it.disable_recursion_pending();
    } else if (folder && (name == "node_modules" || fs::exists(it->path() / "pyvenv.cfg", error))) {
      it.disable_recursion_pending();
    }
  }
  return found;
}

Tree workspace_tree(const std::string& root) {
  return {root, root, View::scratch, secrets_below(root)};
}

}  // namespace sandbox::policy
