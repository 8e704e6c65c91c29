#include "sandbox/policy/workspace.h"

#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "engine/base/format.h"
#include "engine/base/secret_name.h"

namespace sandbox::policy {
namespace {

namespace fs = std::filesystem;

bool is_at_or_above(const fs::path& folder, const fs::path& path) {
  const std::string relative = path.lexically_relative(folder);
  return !relative.empty() && !relative.starts_with("..");
}

// What the user database says is the home of the folder's owner; empty where it says nothing.
fs::path home_of_owner(const fs::path& folder) {
  struct stat status;
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> text{};
  const bool known = stat(folder.c_str(), &status) == 0 &&
                     getpwuid_r(status.st_uid, &entry, text.data(), text.size(), &found) == 0 &&
                     found != nullptr;
  return known ? entry.pw_dir : "";
}

// git does not mind capitals, and indents what it writes.
bool carries_credentials(const fs::path& git_config) {
  static constexpr const char* words[] = {"extraheader", "[credential", "password", "smtppass",
                                          "token"};
  std::ifstream file(git_config);
  for (std::string line; std::getline(file, line);) {
    line = engine::base::lower_case(line);
    const size_t scheme = line.find("://");
    const bool user_in_url =
        scheme != std::string::npos && line.find('@', scheme) != std::string::npos;
    const auto found = [&](const char* word) { return line.find(word) != std::string::npos; };
    if (user_in_url || std::any_of(std::begin(words), std::end(words), found)) return true;
  }
  return false;
}

class Search {
 public:
  explicit Search(fs::path root) : root_(std::move(root)) {}

  void folder(const fs::path& path) {
    each_entry(path, [&](const fs::directory_entry& entry, bool is_folder) {
      const std::string name = entry.path().filename();
      std::error_code error;
      if (name == ".git") {
        // One that is a file points out of the project.
        if (is_folder) git_folder(entry.path());
      } else if (engine::base::is_secret_name(name)) {
        add(entry.path());
      } else if (is_folder && name != "node_modules" &&
                 !fs::exists(entry.path() / "pyvenv.cfg", error)) {
        folder(entry.path());
      }
    });
  }

  std::vector<std::string> take() { return std::move(found_); }

 private:
  void add(const fs::path& path) { found_.push_back(path.lexically_relative(root_)); }

  template <typename Visit>
  void each_entry(const fs::path& path, const Visit& visit) {
    std::error_code error;
    fs::directory_iterator it(path, error);
    for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
      std::error_code unknown;
      visit(*it, it->symlink_status(unknown).type() == fs::file_type::directory);
    }
    if (!error || path == root_) return;
    // What cannot be looked through is not shown, and all that was found in it with it.
    const std::string hidden = path.lexically_relative(root_).string();
    std::erase_if(found_, [&](const std::string& one) { return one.starts_with(hidden + "/"); });
    add(path);
  }

  void git_folder(const fs::path& path) {
    for (const char* name : {"config", "config.worktree"}) {
      if (carries_credentials(path / name)) add(path / name);
    }
    std::error_code error;
    if (fs::exists(path / "credentials", error)) add(path / "credentials");
    for (const char* name : {"modules", "worktrees"}) {
      if (fs::is_directory(path / name, error)) git_folders(path / name);
    }
  }

  // Of submodules, whose names may have slashes, and of worktrees.
  void git_folders(const fs::path& path) {
    each_entry(path, [&](const fs::directory_entry& entry, bool is_folder) {
      std::error_code error;
      if (is_folder && fs::exists(entry.path() / "HEAD", error)) {
        git_folder(entry.path());
      } else if (is_folder) {
        git_folders(entry.path());
      }
    });
  }

  const fs::path root_;
  std::vector<std::string> found_;
};

}  // namespace

bool holds_more_than_a_project(const std::string& folder, const std::string& home) {
  static const std::vector<std::string> shared{"/",     "/tmp",  "/var/tmp",
                                               "/home", "/root", "/dev/shm"};
  std::error_code error;
  // A home folder may have several names: where /home is a link, or by another that leads there.
  const fs::path real = fs::weakly_canonical(folder, error);
  for (const fs::path& each : {fs::path(home), home_of_owner(real)}) {
    // Home itself, and everything above it.
    const fs::path real_home = each.empty() ? each : fs::weakly_canonical(each, error);
    if (!real_home.empty() && is_at_or_above(real, real_home)) return true;
  }
  const std::string path = real;
  return real.parent_path() == "/home" ||
         std::find(shared.begin(), shared.end(), path) != shared.end() || path == "/usr" ||
         path.starts_with("/usr/") || path == "/etc" || path.starts_with("/etc/") ||
         path.starts_with("/proc") || path.starts_with("/sys");
}

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
  Search search(root);
  search.folder(root);
  return search.take();
}

Tree workspace_tree(const std::string& root) {
  return {root, root, View::scratch, secrets_below(root)};
}

}  // namespace sandbox::policy
