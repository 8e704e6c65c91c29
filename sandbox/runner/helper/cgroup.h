// Limits of memory and of processes that the kernel holds for all of a sandbox, what belongs to no
// process included: where this user may divide a part of the machine's cgroups (version 2). Root
// may, and so may what systemd's user manager has started.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

#include "sandbox/policy/policy.h"

namespace sandbox::runner::helper {

// One sandbox's cgroup, or none. It goes with this object, and what is still in it as well.
class Cgroup {
 public:
  explicit Cgroup(std::string folder = "") : folder_(std::move(folder)) {}
  Cgroup(Cgroup&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  Cgroup& operator=(Cgroup&& other) noexcept {
    std::swap(folder_, other.folder_);
    return *this;
  }
  ~Cgroup();

  bool exists() const { return !folder_.empty(); }
  // Of a process that has no children yet; 0 is the caller.
  bool add(pid_t pid) const;
  // Whether the kernel has ended its processes for their memory.
  bool ran_out_of_memory() const;

 private:
  std::string folder_;
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
  bool settle_in(const std::string& parent);

  std::string folder_;
  unsigned next_ = 0;
};

}  // namespace sandbox::runner::helper
