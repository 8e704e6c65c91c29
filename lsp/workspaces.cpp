#include "lsp/workspaces.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "lsp/context/index.h"
#include "lsp/text/uri.h"

namespace lsp {
namespace {

namespace fs = std::filesystem;

// FNV-1a, in hexadecimal digits.
std::string index_name_of(const std::string& root) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : root) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

bool is_project(const fs::path& root) {
  std::error_code error;
  const char* home = std::getenv("HOME");
  if (home != nullptr && root == fs::path(home).lexically_normal()) return false;
  return root.has_relative_path() && root != fs::temp_directory_path(error);
}

}  // namespace

std::shared_ptr<context::Workspace> Workspaces::around(const std::string& uri,
                                                       const std::vector<std::string>& folders) {
  if (index_folder_.empty() || !uri.starts_with("file:")) return nullptr;
  const std::string path = text::path_of(uri);
  const std::string relative = text::relative_path(uri, folders);
  if (relative.size() == path.size()) return nullptr;
  const std::string root = path.substr(0, path.size() - relative.size() - 1);
  if (!is_project(root)) return nullptr;
  const std::lock_guard lock(mutex_);
  auto& known = by_root_[root];
  if (auto workspace = known.lock()) return workspace;
  std::error_code error;
  // Its user's alone, since names of what is not public may be in it.
  if (fs::create_directories(index_folder_, error)) {
    fs::permissions(index_folder_, fs::perms::owner_all, error);
  }
  if (!std::exchange(is_cleaned_up_, true)) context::remove_unused_indices(index_folder_);
  auto workspace = std::make_shared<context::Workspace>(
      root, index_folder_ + "/" + index_name_of(root) + ".sqlite");
  known = workspace;
  return workspace;
}

}  // namespace lsp
