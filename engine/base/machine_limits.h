// What of the machine this process may use: control groups (version 1 and 2) often leave less than
// there is, in containers above all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace engine::base {

// Where the kernel tells; tests give folders of their own.
struct ControlGroups {
  std::string mount = "/sys/fs/cgroup";
  std::string membership = "/proc/self/cgroup";
};

// Processors' worth of time, rounded up; nothing where there is no limit.
std::optional<int> processor_limit(const ControlGroups& groups = {});

// Bytes of memory: what the machine has, or less where a group has less.
int64_t memory_limit(const ControlGroups& groups = {});

}  // namespace engine::base
