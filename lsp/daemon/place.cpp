#include "lsp/daemon/place.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "engine/base/format.h"

namespace lsp::daemon {
namespace {

namespace fs = std::filesystem;
using base::fail;

// FNV-1a.
uint64_t hash_of(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Whether `folder` is one that only this user can enter; the error says what is wrong.
base::Status check_private(const std::string& folder) {
  struct stat status {};
  if (lstat(folder.c_str(), &status) != 0) return fail(folder, ": ", std::strerror(errno));
  if (S_ISLNK(status.st_mode)) return fail(folder, " is a link; remove it");
  if (!S_ISDIR(status.st_mode)) return fail(folder, " is no folder; remove it");
  if (status.st_uid != geteuid()) return fail(folder, " belongs to another user; remove it");
  if ((status.st_mode & 077) != 0) {
    return fail(folder, " is open to other users: chmod 700 ", folder);
  }
  return base::Done{};
}

// The folder to make "lemma" or "run" in; its last part may be missing.
base::Result<std::string> private_folder() {
  const std::string runtime = variable("XDG_RUNTIME_DIR");
  // The runtime folder of a session that ended, or of the user before `su`, is of no use.
  std::error_code error;
  if (runtime.starts_with('/') && fs::is_directory(runtime, error) &&
      access(runtime.c_str(), W_OK) == 0) {
    return runtime + "/lemma";
  }
  const auto cache = cache_folder();
  if (!cache) return cache.error();
  return *cache + "/run";
}

}  // namespace

base::Result<std::string> cache_folder() {
  std::string cache = variable("XDG_CACHE_HOME");
  if (!cache.starts_with('/')) {
    const std::string home = variable("HOME");
    if (!home.starts_with('/')) return fail("there is neither XDG_CACHE_HOME nor HOME");
    cache = home + "/.cache";
  }
  cache += "/lemma";
  std::error_code error;
  fs::create_directories(cache, error);
  if (error) return fail("cannot make ", cache, ": ", error.message());
  return cache;
}

std::string daemon_key(const std::string& settings) {
  struct stat program {};
  stat("/proc/self/exe", &program);
  const std::string identity =
      base::concat(program.st_dev, ' ', program.st_ino, ' ', program.st_size, ' ',
                   program.st_mtim.tv_sec, ' ', program.st_mtim.tv_nsec, '\n', settings);
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx",
                static_cast<unsigned long long>(hash_of(identity)));
  return text.data();
}

base::Result<Place> find_place(const std::string& key) {
  const auto folder = private_folder();
  if (!folder) return folder.error();
  if (mkdir(folder->c_str(), 0700) != 0 && errno != EEXIST) {
    return fail("cannot make ", *folder, ": ", std::strerror(errno));
  }
  if (const auto status = check_private(*folder); !status) return status.error();
  Place place{*folder + "/" + key + ".sock", *folder + "/" + key + ".lock"};
  if (place.socket.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail("the path of the daemon's socket is too long: ", place.socket);
  }
  return place;
}

}  // namespace lsp::daemon
