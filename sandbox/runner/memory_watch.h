// How much memory a sandbox uses, seen from outside: what holds the limit where no memory cgroup is
// delegated to this user.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace sandbox::runner {

// What `pid` and all its descendants have taken: resident pages, page tables, and what was swapped
// out. Pages that they share count once; what was forked and not touched since is shared. 0 where
// the process is gone.
uint64_t resident_bytes(pid_t pid, uint64_t limit, const std::string& proc = "/proc");

// Memory that is shared and has no file (mmap without one) stays taken when a process lets go of
// its pages, so that none is resident any more. The kernel counts it for the whole machine alone,
// with all files in memory; whether a process or a descendant of it holds any is told by its
// mappings.
uint64_t shared_bytes(const std::string& proc = "/proc");
bool holds_shared_memory(pid_t pid, const std::string& proc = "/proc");

// What this machine could still give to new programs. UINT64_MAX where the kernel does not say.
uint64_t available_bytes(const std::string& proc = "/proc");

}  // namespace sandbox::runner
