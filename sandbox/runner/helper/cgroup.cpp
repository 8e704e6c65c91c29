#include "sandbox/runner/helper/cgroup.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

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

// Where the calling process is, below the mounted tree of a controller of version 1, or of version
// 2, which has no name.
std::string own_cgroup(const std::string& controller) {
  std::istringstream lines(read_text("/proc/self/cgroup"));
  const std::string begin = ":" + controller + ":/";
  for (std::string line; std::getline(lines, line);) {
    const size_t at = line.find(':');
    if (at != std::string::npos && line.compare(at, begin.size(), begin) == 0) {
      return line.substr(at + begin.size() - 1);
    }
  }
  return "/";
}

std::vector<std::string> names_in(const std::string& path) {
  const Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return entries(folder.get());
}

// A helper's, with its sandboxes' below it. False where a process in one of them has not ended yet.
bool remove_whole(const std::string& folder) {
  for (const std::string& inner : names_in(folder)) rmdir((folder + "/" + inner).c_str());
  return rmdir(folder.c_str()) == 0 || errno != EBUSY;
}

// What helpers have left that were killed and could not clean up.
void sweep(const std::string& parent) {
  for (const std::string& name : names_in(parent)) {
    if (is_left_over(name, prefix)) remove_whole(parent + "/" + name);
  }
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

enum class Version { one, two };

// The helper's own folder in `parent`; empty where there can be none.
std::string settle_in(const std::string& parent, Version version) {
  if (version == Version::two && !divides(parent)) return "";
  const std::string folder = parent + "/" + prefix + std::to_string(getpid());
  if (mkdir(folder.c_str(), 0755) != 0) return "";
  if (version == Version::two && !set(folder, "cgroup.subtree_control", "+memory +pids")) {
    rmdir(folder.c_str());
    return "";
  }
  sweep(parent);
  return folder;
}

// A cgroup of version 2 with processes in it cannot divide itself: the place is one of those above.
std::string settle(const std::string& tree, const std::string& controller, Version version) {
  for (std::string own = own_cgroup(controller);; own = own.substr(0, own.rfind('/'))) {
    const std::string folder = settle_in(tree + own, version);
    if (!folder.empty() || own.empty()) return folder;
  }
}

// Readable when the kernel ends a process of the cgroup for its memory.
Descriptor watch_memory(const std::string& folder) {
  Descriptor event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const Descriptor control(open((folder + "/memory.oom_control").c_str(), O_RDONLY | O_CLOEXEC));
  const std::string both = std::to_string(event.get()) + " " + std::to_string(control.get());
  return set(folder, "cgroup.event_control", both) ? std::move(event) : Descriptor();
}

}  // namespace

Cgroup::~Cgroup() {
  constexpr int patience_ms = 100;
  for (int i = 0; exists() && i < patience_ms; ++i) {
    std::erase_if(folders_, [](const std::string& folder) {
      return rmdir(folder.c_str()) == 0 || errno != EBUSY;
    });
    if (!exists()) return;
    end_all();
    usleep(1000);
  }
}

bool Cgroup::limit(const policy::Limits& limits) {
  // Scratch memory is the cgroup's, too. Init, and what bubblewrap needs, are processes as well.
  constexpr uint32_t own_processes = 4;
  const std::string bytes = std::to_string(limits.memory_bytes + limits.scratch_bytes);
  const std::string processes = std::to_string(limits.processes + own_processes);
  const std::string& memory = folders_.front();
  // Those of swap are absent where there is none.
  if (is_version_2()) {
    set(memory, "memory.swap.max", "0");
    return set(memory, "memory.max", bytes) && set(memory, "memory.oom.group", "1") &&
           set(memory, "pids.max", processes);
  }
  if (!set(memory, "memory.limit_in_bytes", bytes)) return false;
  set(memory, "memory.memsw.limit_in_bytes", bytes);
  event_ = watch_memory(memory);
  return event_.valid() && set(folders_.back(), "pids.max", processes);
}

// To `tasks`, a process that moves itself needs to wait for nobody; to `cgroup.procs`, for all
// processors.
bool Cgroup::enter() const {
  const char* name = is_version_2() ? "cgroup.procs" : "tasks";
  return std::all_of(folders_.begin(), folders_.end(),
                     [&](const std::string& folder) { return set(folder, name, "0"); });
}

Descriptor Cgroup::for_clone() const {
  if (!exists() || !is_version_2()) return Descriptor();
  return Descriptor(open(folders_[0].c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

void Cgroup::end_all() const {
  for (const std::string& folder : folders_) {
    std::istringstream processes(read_text(folder + "/cgroup.procs"));
    for (pid_t pid = 0; processes >> pid;) {
      if (pid > 0) kill(pid, SIGKILL);
    }
  }
}

bool Cgroup::ran_out_of_memory() const {
  if (!exists()) return false;
  std::istringstream events(
      read_text(folders_[0] + (is_version_2() ? "/memory.events" : "/memory.oom_control")));
  std::string name;
  for (uint64_t count = 0; events >> name >> count;) {
    if (name == "oom_kill") return count > 0;
  }
  return false;
}

Cgroups::Cgroups() {
  struct statfs status;
  if (statfs(mounted.c_str(), &status) != 0) return;
  if (status.f_type == CGROUP2_SUPER_MAGIC) {
    if (std::string folder = settle(mounted, "", Version::two); !folder.empty()) {
      folders_.push_back(std::move(folder));
    }
    return;
  }
  std::string memory = settle(mounted + "/memory", "memory", Version::one);
  std::string processes = settle(mounted + "/pids", "pids", Version::one);
  if (!memory.empty() && !processes.empty()) {
    folders_ = {std::move(memory), std::move(processes)};
  } else {
    for (const std::string& half : {memory, processes}) rmdir(half.c_str());
  }
}

Cgroups::~Cgroups() {
  // Where much else runs, a sandbox may have ended before the last of its processes has.
  constexpr int patience_ms = 2000;
  for (int i = 0; !folders_.empty() && i < patience_ms; ++i) {
    if (i > 0) usleep(1000);
    std::erase_if(folders_, remove_whole);
  }
}

Cgroup Cgroups::make(const policy::Limits& limits) {
  std::vector<std::string> made;
  const std::string name = "/" + std::to_string(next_++);
  for (const std::string& folder : folders_) {
    if (mkdir((folder + name).c_str(), 0755) == 0) made.push_back(folder + name);
  }
  const bool complete = !made.empty() && made.size() == folders_.size();
  Cgroup group(std::move(made));
  return complete && group.limit(limits) ? std::move(group) : Cgroup();
}

}  // namespace sandbox::runner::helper
