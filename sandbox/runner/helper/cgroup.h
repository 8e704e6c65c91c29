// Limits of memory and of processes that the kernel holds for all of a sandbox, what belongs to no
// process included: where this user may divide a part of the machine's cgroups. Root may, and with
// version 2 so may what systemd's user manager has started.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sandbox/policy/policy.h"
#include "sandbox/runner/helper/system.h"

namespace sandbox::runner::helper {

// One sandbox's cgroup, or none. It goes with this object, and what is still in it as well.
class Cgroup {
 public:
  Cgroup() = default;
  // Version 1 has a folder for each controller.
  explicit Cgroup(std::vector<std::string> folders) : folders_(std::move(folders)) {}
  Cgroup(Cgroup&& other) noexcept { *this = std::move(other); }
  Cgroup& operator=(Cgroup&& other) noexcept {
    std::swap(folders_, other.folders_);
    std::swap(event_, other.event_);
    return *this;
  }
  ~Cgroup();

  bool exists() const { return !folders_.empty(); }
  // None where one of the limits cannot be set.
  bool limit(const policy::Limits& limits);

  // The caller, which has no children yet, where it was not started in here.
  bool enter() const;
  // To start a process in here, with version 2; else invalid.
  Descriptor for_clone() const;

  // Version 1 ends one process where the memory of all of them does not suffice, and says so here;
  // version 2 ends all, and -1 stands here.
  int event() const { return event_.get(); }
  void end_all() const;
  // Whether the kernel has ended its processes for their memory.
  bool ran_out_of_memory() const;

 private:
  bool is_version_2() const { return folders_.size() == 1; }

  std::vector<std::string> folders_;
  Descriptor event_;
};

class Cgroups {
 public:
  // Finds a place for them, by making one.
  Cgroups();
  ~Cgroups();
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;

  // None where there is no place for them.
  Cgroup make(const policy::Limits& limits);

 private:
  std::vector<std::string> folders_;
  unsigned next_ = 0;
};

}  // namespace sandbox::runner::helper
