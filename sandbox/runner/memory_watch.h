// How much memory a sandbox uses, seen from outside: what holds the limit where no memory cgroup is
// delegated to this user.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace sandbox::runner {

// Resident bytes of `pid` and all its descendants. Pages that they share count once; what was
// forked and not touched since is shared. 0 where the process is gone.
uint64_t resident_bytes(pid_t pid, uint64_t limit, const std::string& proc = "/proc");

// What this machine could still give to new programs. UINT64_MAX where the kernel does not say.
uint64_t available_bytes(const std::string& proc = "/proc");

}  // namespace sandbox::runner
