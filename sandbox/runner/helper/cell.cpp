#include "sandbox/runner/helper/cell.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <iterator>

#include "sandbox/runner/helper/copy.h"

namespace sandbox::runner::helper {
namespace {

using policy::Policy;
using policy::Tree;
using policy::View;

// Of <linux/landlock.h>, which may be older than the kernel.
struct RulesetAttributes {
  uint64_t handled_access_fs, handled_access_net, scoped;
};
constexpr uint64_t may_truncate = 1 << 14;
constexpr uint64_t all_of_files = (1 << 16) - 1;      // the last one is ioctl on devices
constexpr uint64_t all_of_network = 1 << 0 | 1 << 1;  // TCP alone; the filter refuses the rest
constexpr uint64_t abstract_sockets_and_signals = 1 << 0 | 1 << 1;
constexpr long least_version = 6;

constexpr uint64_t reading_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
constexpr uint64_t reading = reading_files | LANDLOCK_ACCESS_FS_READ_DIR;
// No devices and no sockets.
constexpr uint64_t writing =
    reading | LANDLOCK_ACCESS_FS_WRITE_FILE | may_truncate | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;

const std::string writable[] = {policy::work_folder, "/tmp", "/home/user"};

MaybeFailure make_ruleset(Descriptor& made) {
  const long version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 0) return failed("using Landlock");
  if (version < least_version) {
    return Failure{"using Landlock, of Linux 6.12 or later: before, a run could signal everybody",
                   ENOSYS};
  }
  const RulesetAttributes all{all_of_files, all_of_network, abstract_sockets_and_signals};
  made = Descriptor(static_cast<int>(syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0)));
  if (!made.valid()) return failed("making Landlock's rules");
  return std::nullopt;
}

MaybeFailure allow(int ruleset, int file, uint64_t access, const std::string& name) {
  const landlock_path_beneath_attr rule{access, file};
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return failed("allowing " + name);
  }
  return std::nullopt;
}

MaybeFailure allow(int ruleset, const std::string& path, uint64_t access) {
  const Descriptor file(open(path.c_str(), O_PATH | O_CLOEXEC));
  return file.valid() ? allow(ruleset, file.get(), access, path) : failed("opening " + path);
}

// Then the run may read it where it is: it learns nothing new.
bool host_has(const policy::File& file) {
  const Descriptor there(open(file.at.c_str(), O_RDONLY | O_CLOEXEC));
  return there.valid() && read_all(there.get()) == file.content;
}

std::vector<std::string> names_below(const char* folder) {
  const Descriptor opened(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return entries(opened.get());
}

// What interpreters read when they start, through links of /usr: everybody may read it. They mind
// a file that is there and closed, and not the links that lead nowhere in a root of its own.
std::vector<std::string> start_files() {
  std::vector<std::string> files{"/etc/ssl/openssl.cnf"};
  for (const std::string& name : names_below("/etc")) {
    if (name.starts_with("python3")) files.push_back("/etc/" + name + "/sitecustomize.py");
  }
  std::erase_if(files, [](const std::string& path) { return access(path.c_str(), R_OK) != 0; });
  return files;
}

bool continues_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

}  // namespace

MaybeFailure Cell::build(const Policy& policy, std::string root, const OpenTrees& trees) {
  root_ = std::move(root);
  if (auto failure = make_ruleset(ruleset_)) return failure;
  moves_.emplace_back(policy::work_folder, root_ + policy::work_folder);
  // Tools and projects may lie in the host's /home/user and /tmp: only these names are moved.
  moves_.emplace_back("HOME=/home/user", "HOME=" + root_ + "/home/user");
  moves_.emplace_back("TMPDIR=/tmp", "TMPDIR=" + root_ + "/tmp");
  if (auto failure = fill(policy, trees)) return failure;
  if (auto failure = allow_reading(policy, trees)) return failure;
  return allow_writing(policy);
}

MaybeFailure Cell::fill(const Policy& policy, const OpenTrees& trees) {
  umask(0022);
  for (const std::string& at : writable) make_parents(root_ + at + "/");
  for (const policy::File& file : policy.files) {
    const std::string path = root_ + file.at;
    moves_.emplace_back(file.at, path);
    make_parents(path);
    const Descriptor made(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.mode));
    if (!made.valid() || !write_all(made.get(), file.content.data(), file.content.size())) {
      return failed("writing " + path);
    }
  }
  std::vector<Descriptor> copied;
  for (size_t i = 0; i < policy.trees.size(); ++i) {
    const Tree& tree = policy.trees[i];
    if (tree.view != View::scratch) continue;
    moves_.emplace_back(tree.at, root_ + tree.at);
    copied.emplace_back(fcntl(trees[i].descriptor.get(), F_DUPFD_CLOEXEC, 0));
  }
  return copy_trees(policy, copied, root_);
}

MaybeFailure Cell::allow_reading(const Policy& policy, const OpenTrees& trees) const {
  for (size_t i = 0; i < policy.trees.size(); ++i) {
    const Tree& tree = policy.trees[i];
    const int folder = trees[i].descriptor.get();
    if (tree.view == View::read_only) {
      if (tree.at != tree.host || !tree.hidden.empty()) {
        return Failure{"showing a part of " + tree.host, ENOTSUP, Fault::job};
      }
      if (auto failure = allow(ruleset_.get(), folder, reading, tree.host)) return failure;
      continue;
    }
    for (const std::string name : package_folders) {
      const Descriptor packages(
          openat(folder, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      const std::string host = tree.host + "/" + name;
      if (!packages.valid()) continue;
      if (auto failure = allow(ruleset_.get(), packages.get(), reading, host)) return failure;
      if (symlink(host.c_str(), (root_ + tree.at + "/" + name).c_str()) != 0) {
        return failed("showing " + host);
      }
    }
  }
  std::vector<std::string> files = start_files();
  for (const policy::File& file : policy.files) {
    if (host_has(file)) files.push_back(file.at);
  }
  for (const std::string& path : files) {
    if (auto failure = allow(ruleset_.get(), path, reading_files)) return failure;
  }
  return allow(ruleset_.get(), root_, reading);
}

MaybeFailure Cell::allow_writing(const Policy& policy) const {
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/full"}) {
    constexpr uint64_t both = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
    if (auto failure = allow(ruleset_.get(), device, both)) return failure;
  }
  for (const char* device : {"/dev/random", "/dev/urandom"}) {
    if (auto failure = allow(ruleset_.get(), device, LANDLOCK_ACCESS_FS_READ_FILE)) return failure;
  }
  std::vector<std::string> folders(std::begin(writable), std::end(writable));
  for (const Tree& tree : policy.trees) {
    if (tree.view == View::scratch) folders.push_back(tree.at);
  }
  for (const std::string& at : folders) {
    if (auto failure = allow(ruleset_.get(), root_ + at, writing)) return failure;
  }
  return std::nullopt;
}

MaybeFailure Cell::enter() const {
  if (syscall(SYS_landlock_restrict_self, ruleset_.get(), 0) != 0) {
    return failed("shutting a run in with Landlock");
  }
  return std::nullopt;
}

// Whole paths and whole beginnings of paths; the longest where several fit.
std::string Cell::moved(const std::string& text) const {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || (!continues_name(text[at - 1]) && text[at - 1] != '/');
    const std::pair<std::string, std::string>* found = nullptr;
    for (const auto& move : moves_) {
      const size_t end = at + move.first.size();
      const bool fits = begins && text.compare(at, move.first.size(), move.first) == 0 &&
                        (end == text.size() || !continues_name(text[end]));
      if (fits && (found == nullptr || found->first.size() < move.first.size())) found = &move;
    }
    result += found == nullptr ? text.substr(at, 1) : found->second;
    at += found == nullptr ? 1 : found->first.size();
  }
  return result;
}

void Cell::move(Step& step) const {
  if (!exists()) return;
  for (std::string& argument : step.argv) argument = moved(argument);
  for (std::string& pair : step.env) pair = moved(pair);
  for (std::string* text : {&step.folder, &step.log, &step.message}) *text = moved(*text);
}

void Cell::move(Job& job) const {
  if (!exists()) return;
  for (policy::File& file : job.files) file.at = moved(file.at);
  for (Step& step : job.steps) move(step);
}

void Cell::make_executable(const Step& step) const {
  if (!exists()) return;
  const std::string prefix = root_ + "/";
  const Descriptor root(open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (const std::string& argument : step.argv) {
    if (!argument.starts_with(prefix)) continue;
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const Descriptor file(static_cast<int>(
        syscall(SYS_openat2, root.get(), argument.c_str() + prefix.size(), &how, sizeof how)));
    struct stat status;
    if (file.valid() && fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode)) {
      fchmod(file.get(), status.st_mode | S_IXUSR);
    }
  }
}

uint32_t threads_of_user() {
  uint32_t threads = 0;
  for (const std::string& name : names_below("/proc")) {
    struct stat status;
    // A folder has a link for each of its folders, and two for itself.
    const std::string tasks = "/proc/" + name + "/task";
    if (std::atoi(name.c_str()) > 0 && stat(tasks.c_str(), &status) == 0 &&
        status.st_uid == getuid()) {
      threads += static_cast<uint32_t>(status.st_nlink - 2);
    }
  }
  return threads;
}

}  // namespace sandbox::runner::helper
