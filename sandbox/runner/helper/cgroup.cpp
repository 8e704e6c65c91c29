#include "sandbox/runner/helper/cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <sstream>

#include "sandbox/runner/helper/system.h"

namespace sandbox::runner::helper {
namespace {

const std::string mounted = "/sys/fs/cgroup";
const std::string prefix = "lemma-sandbox-";

std::string read_text(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.valid() ? read_all(file.get()).value_or("") : "";
}

bool set(const std::string& folder, const char* name, const std::string& value) {
  return !write_file(folder + "/" + name, value);
}

// Where the calling process is, below the mounted tree.
std::string own_cgroup() {
  std::istringstream lines(read_text("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::/")) return line.substr(3);
  }
  return "/";
}

// What helpers have left that were killed and could not clean up.
void sweep(const std::string& parent) {
  DIR* folders = opendir(parent.c_str());
  while (const dirent* entry = folders == nullptr ? nullptr : readdir(folders)) {
    const std::string name = entry->d_name;
    if (!is_left_over(name, prefix)) continue;
    const std::string left = parent + "/" + name;
    DIR* inner = opendir(left.c_str());
    while (const dirent* each = inner == nullptr ? nullptr : readdir(inner)) {
      if (each->d_type != DT_DIR || each->d_name[0] == '.') continue;
      rmdir((left + "/" + each->d_name).c_str());
    }
    if (inner != nullptr) closedir(inner);
    rmdir(left.c_str());
  }
  if (folders != nullptr) closedir(folders);
}

bool divides(const std::string& folder) {
  std::istringstream words(read_text(folder + "/cgroup.subtree_control"));
  bool memory = false, processes = false;
  for (std::string word; words >> word;) {
    memory = memory || word == "memory";
    processes = processes || word == "pids";
  }
  return memory && processes;
}

}  // namespace

Cgroup::~Cgroup() {
  constexpr int patience_ms = 100;
  for (int i = 0; exists() && i < patience_ms; ++i) {
    if (rmdir(folder_.c_str()) == 0 || errno != EBUSY) return;
    set(folder_, "cgroup.kill", "1");
    usleep(1000);
  }
}

bool Cgroup::add(pid_t pid) const { return set(folder_, "cgroup.procs", std::to_string(pid)); }

bool Cgroup::ran_out_of_memory() const {
  std::istringstream events(exists() ? read_text(folder_ + "/memory.events") : "");
  std::string name;
  for (uint64_t count = 0; events >> name >> count;) {
    if (name == "oom_kill") return count > 0;
  }
  return false;
}

Cgroups::Cgroups() {
  struct statfs status;
  const bool version_2 =
      statfs(mounted.c_str(), &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC;
  // A cgroup with processes in it cannot divide itself: the place is one of those above.
  for (std::string own = own_cgroup(); version_2; own = own.substr(0, own.rfind('/'))) {
    if (settle_in(mounted + own) || own.empty()) return;
  }
}

Cgroups::~Cgroups() {
  if (!folder_.empty()) rmdir(folder_.c_str());
}

bool Cgroups::settle_in(const std::string& parent) {
  if (!divides(parent)) return false;
  const std::string folder = parent + "/" + prefix + std::to_string(getpid());
  if (mkdir(folder.c_str(), 0755) != 0) return false;
  if (!set(folder, "cgroup.subtree_control", "+memory +pids")) {
    rmdir(folder.c_str());
    return false;
  }
  sweep(parent);
  folder_ = folder;
  return true;
}

Cgroup Cgroups::make(const policy::Limits& limits) {
  if (folder_.empty()) return Cgroup();
  const std::string path = folder_ + "/" + std::to_string(next_++);
  if (mkdir(path.c_str(), 0755) != 0) return Cgroup();
  Cgroup made(path);
  // Scratch memory is the cgroup's, too. Init, and what bubblewrap needs, are processes as well.
  constexpr uint32_t own_processes = 4;
  const bool limited =
      set(path, "memory.max", std::to_string(limits.memory_bytes + limits.scratch_bytes)) &&
      set(path, "memory.oom.group", "1") &&
      set(path, "pids.max", std::to_string(limits.processes + own_processes));
  set(path, "memory.swap.max", "0");  // absent where there is no swap
  return limited ? std::move(made) : Cgroup();
}

}  // namespace sandbox::runner::helper
