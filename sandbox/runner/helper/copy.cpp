#include "sandbox/runner/helper/copy.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

namespace sandbox::runner::helper {
namespace {

using policy::Tree;

constexpr int max_depth = 64;

bool is_package_folder(const std::string& name) {
  return std::any_of(std::begin(package_folders), std::end(package_folders),
                     [&](const char* each) { return name == each; });
}

class Copying {
 public:
  Copying(const std::vector<std::string>& hidden, uint64_t& bytes_left)
      : hidden_(hidden), bytes_left_(bytes_left) {}

  // `below` is the folder's path in the tree.
  MaybeFailure folder(int from, const std::string& to, const std::string& below, int depth) {
    if (depth > max_depth) return std::nullopt;
    for (const std::string& name : entries(from)) {
      const std::string path = below.empty() ? name : below + "/" + name;
      const bool skipped =
          name == ".git" || std::find(hidden_.begin(), hidden_.end(), path) != hidden_.end();
      if (skipped) continue;
      if (auto failure = entry(from, name, to + "/" + name, path, depth)) return failure;
    }
    return std::nullopt;
  }

 private:
  MaybeFailure entry(int from, const std::string& name, const std::string& to,
                     const std::string& below, int depth) {
    struct stat status;
    if (fstatat(from, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    if (S_ISLNK(status.st_mode)) return link(from, name, to, below);
    // What this user may not read is not there for it.
    if (S_ISDIR(status.st_mode)) {
      if (depth == 0 && is_package_folder(name)) return std::nullopt;
      const Descriptor inner(
          openat(from, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!inner.valid()) return std::nullopt;
      if (mkdir(to.c_str(), 0755) != 0) return job_failed("copying " + below);
      return folder(inner.get(), to, below, depth + 1);
    }
    if (!S_ISREG(status.st_mode)) return std::nullopt;
    const Descriptor file(openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file.valid()) return std::nullopt;
    const Descriptor copy(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                               (status.st_mode & 0111) != 0 ? 0755 : 0644));
    if (!copy.valid() || !content(file.get(), copy.get())) return job_failed("copying " + below);
    return std::nullopt;
  }

  static MaybeFailure link(int from, const std::string& name, const std::string& to,
                           const std::string& below) {
    std::string target(PATH_MAX, '\0');
    const ssize_t length = readlinkat(from, name.c_str(), target.data(), target.size());
    if (length <= 0) return std::nullopt;
    target.resize(static_cast<size_t>(length));
    if (symlink(target.c_str(), to.c_str()) != 0) return job_failed("copying " + below);
    return std::nullopt;
  }

  bool content(int from, int to) {
    char buffer[65536];
    for (;;) {
      const ssize_t got = read(from, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return got == 0;
      if (static_cast<uint64_t>(got) > bytes_left_) return errno = ENOSPC, false;
      bytes_left_ -= static_cast<uint64_t>(got);
      if (!write_all(to, buffer, static_cast<size_t>(got))) return false;
    }
  }

  const std::vector<std::string>& hidden_;
  uint64_t& bytes_left_;
};

}  // namespace

MaybeFailure copy_trees(const policy::Policy& policy, const std::vector<Descriptor>& folders,
                        const std::string& root) {
  uint64_t bytes_left = policy.limits.scratch_bytes;
  size_t next = 0;
  for (const Tree& tree : policy.trees) {
    if (tree.view != policy::View::scratch) continue;
    if (next == folders.size()) return Failure{"copying " + tree.at, ENOENT, Fault::job};
    const Descriptor folder(openat(folders[next++].get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) return job_failed("opening " + tree.host);
    make_parents(root + tree.at + "/");
    Copying copying(tree.hidden, bytes_left);
    if (auto failure = copying.folder(folder.get(), root + tree.at, "", 0)) return failure;
  }
  return std::nullopt;
}

}  // namespace sandbox::runner::helper
