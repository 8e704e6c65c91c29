#include "lsp/server/trust.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/base/format.h"
#include "lsp/server/own_folder.h"

namespace lsp::server {
namespace {

namespace fs = std::filesystem;

// Without links, and without a slash at its end.
std::string real(const std::string& path) {
  std::error_code error;
  std::string found = fs::weakly_canonical(path, error).string();
  if (error) return "";
  while (found.size() > 1 && found.ends_with('/')) found.pop_back();
  return found;
}

}  // namespace

std::vector<std::string> Trust::folders() const {
  std::vector<std::string> folders;
  std::ifstream in(file_);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('/')) folders.push_back(line);
  }
  return folders;
}

bool Trust::holds(const std::string& path) const {
  const std::string whole = real(path);
  if (file_.empty() || whole.empty()) return false;
  const auto all = folders();
  return std::any_of(all.begin(), all.end(), [&](const std::string& folder) {
    return whole == folder || whole.starts_with(folder + "/");
  });
}

bool Trust::is_wide(const std::string& folder) {
  const std::string whole = real(folder);
  std::error_code error;
  const char* home = std::getenv("HOME");
  return whole == "/" || (home != nullptr && whole == real(home)) ||
         whole == real(fs::temp_directory_path(error).string());
}

base::Status Trust::add(const std::string& folder) const {
  const std::string whole = real(folder);
  std::error_code error;
  if (!fs::is_directory(whole, error)) return base::fail("'", folder, "' is no folder");
  if (is_wide(whole)) {
    return base::fail("'", whole, "' holds more than a project; trust the project's own folder");
  }
  if (whole.find('\n') != std::string::npos) return base::fail("a name with a line break");
  auto all = folders();
  if (std::find(all.begin(), all.end(), whole) != all.end()) return base::Done{};
  all.push_back(whole);
  return write(all);
}

std::string Trust::above(const std::string& folder) const {
  const std::string whole = real(folder);
  for (const std::string& each : folders()) {
    if (whole.starts_with(each + "/")) return each;
  }
  return "";
}

base::Status Trust::remove(const std::string& folder) const {
  if (const std::string other = above(folder); !other.empty()) {
    return base::fail("'", folder, "' lies in '", other, "', which is trusted with all in it");
  }
  auto all = folders();
  std::erase(all, real(folder));
  return write(all);
}

base::Status Trust::write(const std::vector<std::string>& folders) const {
  if (file_.empty()) return base::fail("there is no folder to keep it in: HOME is not set");
  std::error_code error = make_own_folder(fs::path(file_).parent_path());
  const std::string beside = file_ + ".new";
  std::ofstream out(beside, std::ios::trunc);
  for (const std::string& folder : folders) out << folder << '\n';
  out.close();
  if (out) fs::rename(beside, file_, error);
  if (!out || error) return base::fail("cannot write '", file_, "'");
  return base::Done{};
}

}  // namespace lsp::server
