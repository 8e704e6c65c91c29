#include "sandbox/runner/helper/privileges.h"

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <span>

namespace sandbox::runner::helper {
namespace {

#include "sandbox/runner/helper/seccomp_filters.inc"  // made by filter/filter_maker.cpp

// What the user's own limits forbid stays forbidden.
MaybeFailure limit(__rlimit_resource_t resource, rlim_t value) {
  rlimit old{};
  getrlimit(resource, &old);
  const rlim_t allowed = value < old.rlim_max ? value : old.rlim_max;
  const rlimit wanted{allowed, allowed};
  if (setrlimit(resource, &wanted) != 0) return failed("setting a resource limit");
  return std::nullopt;
}

}  // namespace

MaybeFailure drop_capabilities() {
  // Until there is no such capability, or where none of them may be dropped.
  for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0;) ++capability;
  if (errno != EINVAL && errno != EPERM) return failed("dropping a capability");
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &header, none) != 0) return failed("dropping all capabilities");
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("setting no-new-privileges");
  return std::nullopt;
}

MaybeFailure load_filter(policy::Tracing tracing, Surroundings surroundings) {
  // 1, not 0: with 0 the kernel still starts a core handler, as root, outside.
  if (auto failure = limit(RLIMIT_CORE, 1)) return failure;
  constexpr std::span<const sock_filter> filters[2][2] = {
      {strict_filter, tracing_filter}, {shared_strict_filter, shared_tracing_filter}};
  const auto code =
      filters[surroundings == Surroundings::shared][tracing == policy::Tracing::own_children];
  const sock_fprog program{static_cast<unsigned short>(code.size()),
                           const_cast<sock_filter*>(code.data())};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    return failed("loading the system call filter");
  }
  return std::nullopt;
}

MaybeFailure limit_process(const policy::Policy& policy) {
  const policy::Limits& limits = policy.limits;
  struct {
    __rlimit_resource_t resource;
    rlim_t value;
  } const all[] = {
      {RLIMIT_NPROC, limits.processes},
      {RLIMIT_NOFILE, limits.open_files},
      {RLIMIT_FSIZE, limits.scratch_bytes},
      {RLIMIT_MEMLOCK, 8 << 20},
      {RLIMIT_MSGQUEUE, 1 << 20},
      {RLIMIT_SIGPENDING, 1024},
      // Some users may make their processes real-time; such a run would starve all others, and the
      // thread that ends it in time.
      {RLIMIT_RTPRIO, 0},
      {RLIMIT_NICE, 0},
      // The library watches the memory that is used; this stops one process from reserving far
      // more at once than it could ever use.
      {RLIMIT_DATA, policy.reservation == policy::Reservation::limited ? 2 * limits.memory_bytes
                                                                       : RLIM_INFINITY},
  };
  for (const auto& [resource, value] : all) {
    if (auto failure = limit(resource, value)) return failure;
  }
  return std::nullopt;
}

}  // namespace sandbox::runner::helper
