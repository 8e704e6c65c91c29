#include "sandbox/runner/helper/bubblewrap.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace sandbox::runner::helper {
namespace {

using policy::Tree;
using policy::View;

constexpr const char* program = "/usr/bin/bwrap";
constexpr const char* helper_inside = "/run/lemma-sandbox";
// Folders of a project with packages that somebody installed: many files, and rarely changed.
constexpr const char* package_folders[] = {"node_modules", ".venv", "venv"};
constexpr int max_depth = 64;

bool is_package_folder(const std::string& name) {
  return std::any_of(std::begin(package_folders), std::end(package_folders),
                     [&](const char* each) { return name == each; });
}

// A descriptor that stays open in bubblewrap, as the text of its number.
std::string inherited(int descriptor) {
  fcntl(descriptor, F_SETFD, 0);
  return std::to_string(descriptor);
}

class Arguments {
 public:
  explicit Arguments(const Plan& plan) : plan_(plan) {}

  std::vector<std::string> make() {
    add({program, "--unshare-all", "--unshare-user", "--disable-userns", "--as-pid-1", "--uid",
         "1000", "--gid", "1000", "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev"});
    for (const char* folder : {"/dev/shm", "/tmp", policy::work_folder, "/home/user"}) {
      add_memory(folder);
    }
    for (const Tree& tree : plan_.policy.trees) add_tree(tree);
    for (const policy::Link& link : plan_.policy.links) add({"--symlink", link.target, link.at});
    for (const policy::File& file : plan_.policy.files) {
      const int memory = memfd_create("file", 0);
      if (memory < 0 || !write_all(memory, file.content.data(), file.content.size())) return {};
      lseek(memory, 0, SEEK_SET);
      add_file(memory, file.mode, file.at);
    }
    add_file(open("/proc/self/exe", O_RDONLY), 0755, helper_inside);
    add({"--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", helper_inside, "inside"});
    return std::move(list_);
  }

 private:
  void add(const std::vector<std::string>& more) {
    list_.insert(list_.end(), more.begin(), more.end());
  }
  void add_memory(const std::string& at) {
    add({"--size", std::to_string(plan_.policy.limits.scratch_bytes), "--tmpfs", at});
  }
  void add_file(int descriptor, uint32_t mode, const std::string& at) {
    char octal[16] = {};
    for (int digit = 0; digit < 4; ++digit) {
      octal[3 - digit] = static_cast<char>('0' + ((mode >> (3 * digit)) & 7));
    }
    add({"--perms", octal, "--file", inherited(descriptor), at});
  }
  void add_tree(const Tree& tree) {
    if (tree.view == View::scratch) {
      add_memory(tree.at);
      for (const std::string name : package_folders) {
        add({"--ro-bind-try", tree.host + "/" + name, tree.at + "/" + name});
      }
      return;
    }
    add({"--ro-bind", tree.host, tree.at});
    for (const std::string& hidden : tree.hidden) {
      struct stat status;
      if (stat((tree.host + "/" + hidden).c_str(), &status) != 0) continue;
      if (S_ISDIR(status.st_mode)) {
        add({"--tmpfs", tree.at + "/" + hidden});
      } else {
        add({"--ro-bind", "/dev/null", tree.at + "/" + hidden});
      }
    }
  }

  const Plan& plan_;
  std::vector<std::string> list_;
};

bool copy_file(int from, int to) {
  char buffer[65536];
  for (;;) {
    const ssize_t got = read(from, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    if (!write_all(to, buffer, static_cast<size_t>(got))) return false;
  }
}

MaybeFailure copy_folder(int from, const std::string& to, const std::string& below,
                         const std::vector<std::string>& hidden, int depth);

MaybeFailure copy_entry(int from, const std::string& name, const std::string& to,
                        const std::string& below, const std::vector<std::string>& hidden,
                        int depth) {
  struct stat status;
  if (fstatat(from, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (S_ISLNK(status.st_mode)) {
    std::string target(PATH_MAX, '\0');
    const ssize_t length = readlinkat(from, name.c_str(), target.data(), target.size());
    if (length > 0) target.resize(static_cast<size_t>(length));
    return length > 0 && symlink(target.c_str(), to.c_str()) != 0
               ? MaybeFailure(job_failed("copying " + below))
               : std::nullopt;
  }
  // What this user may not read is not there for it.
  if (S_ISDIR(status.st_mode)) {
    const Descriptor folder(
        openat(from, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.valid()) return std::nullopt;
    if (mkdir(to.c_str(), 0755) != 0) return job_failed("copying " + below);
    return copy_folder(folder.get(), to, below, hidden, depth + 1);
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  const Descriptor file(openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.valid()) return std::nullopt;
  const Descriptor copy(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                             (status.st_mode & 0111) != 0 ? 0755 : 0644));
  if (!copy.valid() || !copy_file(file.get(), copy.get())) return job_failed("copying " + below);
  return std::nullopt;
}

MaybeFailure copy_folder(int from, const std::string& to, const std::string& below,
                         const std::vector<std::string>& hidden, int depth) {
  if (depth > max_depth) return std::nullopt;
  // The stream takes its descriptor along.
  DIR* stream = fdopendir(openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (stream == nullptr) return std::nullopt;
  MaybeFailure failure;
  while (const dirent* entry = failure ? nullptr : readdir(stream)) {
    const std::string name = entry->d_name;
    const std::string path = below.empty() ? name : below + "/" + name;
    const bool skipped = name == "." || name == ".." || name == ".git" ||
                         (depth == 0 && is_package_folder(name)) ||
                         std::find(hidden.begin(), hidden.end(), path) != hidden.end();
    if (!skipped) failure = copy_entry(from, name, to + "/" + name, path, hidden, depth);
  }
  closedir(stream);
  return failure;
}

}  // namespace

Failure become_bubblewrap(const Plan& plan, int socket) {
  if (access(program, X_OK) != 0) return failed("finding bubblewrap");
  std::vector<std::string> arguments = Arguments(plan).make();
  if (arguments.empty()) return failed("telling bubblewrap what to make");
  if (dup2(socket, keeper_socket) < 0) return failed("connecting bubblewrap");
  std::vector<char*> list;
  for (std::string& argument : arguments) list.push_back(argument.data());
  list.push_back(nullptr);
  char* const no_environment[] = {nullptr};
  execve(program, list.data(), no_environment);
  return failed("executing bubblewrap");
}

MaybeFailure copy_trees(const policy::Policy& policy, const std::vector<Descriptor>& folders) {
  size_t next = 0;
  for (const Tree& tree : policy.trees) {
    if (tree.view != View::scratch) continue;
    if (next == folders.size()) return Failure{"copying " + tree.at, ENOENT, Fault::job};
    const Descriptor folder(openat(folders[next++].get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) return job_failed("opening " + tree.host);
    if (auto failure = copy_folder(folder.get(), tree.at, "", tree.hidden, 0)) return failure;
  }
  return std::nullopt;
}

}  // namespace sandbox::runner::helper
