#include "sandbox/policy/host_view.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace sandbox::policy {
namespace {

namespace fs = std::filesystem;

// The loader's cache is a few hundred kilobytes; more is no cache.
constexpr uintmax_t max_copied_bytes = 4 << 20;

std::string read_small_file(const fs::path& path) {
  std::error_code error;
  const uintmax_t bytes = fs::file_size(path, error);
  if (error || bytes > max_copied_bytes) return "";
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return std::move(content).str();
}

}  // namespace

Policy host_view(const std::string& root) {
  Policy policy;
  const fs::path base(root);
  std::error_code error;
  // /etc holds configuration of toolchains, named one by one.
  for (const char* folder : {"usr", "etc/alternatives", "etc/java-17-openjdk", "opt/java"}) {
    if (fs::is_directory(base / folder, error)) {
      policy.trees.push_back({base / folder, std::string("/") + folder, View::read_only, {}});
    }
  }
  for (const char* folder : {"bin", "sbin", "lib", "lib64", "lib32", "libx32"}) {
    const fs::path path = base / folder;
    const std::string at = std::string("/") + folder;
    if (fs::is_symlink(path, error)) {
      policy.links.push_back({at, fs::read_symlink(path, error)});
    } else if (fs::is_directory(path, error)) {
      policy.trees.push_back({path, at, View::read_only, {}});
    }
  }
  policy.files = {
      {"/etc/passwd",
       "root:x:0:0:root:/:/usr/sbin/nologin\nuser:x:1000:1000:user:/home/user:/bin/sh\n"},
      {"/etc/group", "root:x:0:\nuser:x:1000:\n"},
      {"/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"},
      {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"},
  };
  if (std::string cache = read_small_file(base / "etc/ld.so.cache"); !cache.empty()) {
    policy.files.push_back({"/etc/ld.so.cache", std::move(cache)});
  }
  return policy;
}

}  // namespace sandbox::policy
