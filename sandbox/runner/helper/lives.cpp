#include "sandbox/runner/helper/lives.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "sandbox/runner/helper/bubblewrap.h"
#include "sandbox/runner/helper/cell.h"
#include "sandbox/runner/helper/copy.h"
#include "sandbox/runner/helper/privileges.h"

namespace sandbox::runner::helper {
namespace {

// A network namespace with its loopback device up. It takes as long to make as everything else, so
// that another process makes it meanwhile.
class Network {
 public:
  Network() : socket_(fcntl(keeper_socket, F_DUPFD_CLOEXEC, 0)) {
    clone_args arguments{};
    arguments.flags = CLONE_FILES;  // the socket it makes is this process's, too
    arguments.exit_signal = SIGCHLD;
    maker_ = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
    if (maker_ == 0) _exit(make() ? 0 : errno);
  }

  MaybeFailure enter() {
    int status = -1;
    if (maker_ < 0 || waitpid(maker_, &status, 0) != maker_) return failed("making a network");
    if (status != 0) return Failure{"making a network", WEXITSTATUS(status)};
    const Descriptor made(ioctl(socket_.get(), SIOCGSKNS));
    if (!made.valid() || setns(made.get(), CLONE_NEWNET) != 0) return failed("taking a network");
    return std::nullopt;
  }

 private:
  bool make() const {
    if (unshare(CLONE_NEWNET) != 0) return false;
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    return socket.valid() && ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0 &&
           dup3(socket.get(), socket_.get(), O_CLOEXEC) >= 0;
  }

  Descriptor socket_;  // until the maker has put its own there, some other
  pid_t maker_;
};

// Pid 1, with all capabilities of its own namespaces and none outside them.
MaybeFailure set_up(Request& request, Network& network, uint32_t& layers) {
  // Here, when the keeper has put this process into its cgroup, which becomes the root it sees.
  if (unshare(CLONE_NEWCGROUP) != 0) return failed("making a cgroup namespace");
  if (auto failure = open_trees(request.plan.policy, request.trees)) return failure;
  if (getuid() != inner_id &&
      (setgroups(0, nullptr) != 0 || setresgid(inner_id, inner_id, inner_id) != 0 ||
       setresuid(inner_id, inner_id, inner_id) != 0)) {
    return failed("taking the sandbox's own user");
  }
  if (auto failure = enter_root(request.plan.policy, request.trees)) return failure;
  if (auto failure = network.enter()) return failure;
  if (sethostname("sandbox", 7) != 0) return failed("naming the host");
  layers = layer_user_namespace | layer_other_namespaces | layer_root | layer_overlay;
  // Second fences, where the kernel has them: behind RLIMIT_NPROC and behind the filter.
  constexpr uint32_t least_pid_max = 400;
  const uint32_t pid_max = std::max(least_pid_max, 2 * request.plan.policy.limits.processes);
  write_file("/proc/sys/kernel/pid_max", std::to_string(pid_max));
  write_file("/proc/sys/user/max_user_namespaces", "0");
  // The user has 128 instances on most machines, and an editor that needs some.
  write_file("/proc/sys/user/max_inotify_instances", "32");
  write_file("/proc/sys/user/max_inotify_watches", "8192");
  return std::nullopt;
}

// The last thing before the run can exist. Not dumpable: no process of the run can read, trace or
// steal from init through /proc.
MaybeFailure give_up_privileges(const policy::Policy& policy, const Cell& cell, uint32_t& layers) {
  if (auto failure = drop_capabilities()) return failure;
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failed("hiding init");
  // In a cell, init still changes modes; each step gets the filter, and a cell within the cell.
  auto failure = cell.exists() ? cell.enter() : load_filter(policy.tracing, Surroundings::own);
  layers |= layer_capabilities | layer_seccomp;
  return failure;
}

// As an ordinary user the sandbox has the user's own identity outside.
bool take_outer_user() {
  return geteuid() != 0 ||
         (setgroups(0, nullptr) == 0 && setresgid(outer_id, outer_id, outer_id) == 0 &&
          setresuid(outer_id, outer_id, outer_id) == 0);
}

// Low numbers stay occupied, so that connecting standard streams never overwrites another
// descriptor.
void occupy_keeper_socket() { dup3(0, keeper_socket, O_CLOEXEC); }

// The kernel kills the caller's process group as soon as nobody is left who could write to the pipe
// `life`. It asks whether the caller may signal the group, so identity must not have changed yet.
Descriptor die_with_keeper(int life) {
  // Of its own, since whom to signal belongs to what an open() has made.
  Descriptor own(
      open(("/proc/self/fd/" + std::to_string(life)).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  pollfd died{own.get(), POLLIN, 0};
  const bool watched = setpgid(0, 0) == 0 && fcntl(own.get(), F_SETOWN, -getpid()) == 0 &&
                       fcntl(own.get(), F_SETSIG, SIGKILL) == 0 &&
                       fcntl(own.get(), F_SETFL, O_ASYNC | O_NONBLOCK) == 0 &&
                       poll(&died, 1, 0) == 0;
  return watched ? std::move(own) : Descriptor();
}

MaybeFailure shut_in(Request& request, const std::string& folder, Cell& cell, uint32_t& layers) {
  policy::Policy& policy = request.plan.policy;
  // What its processes leave behind stays below it, where their memory is counted.
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return failed("adopting orphans");
  if (auto failure = open_trees(policy, request.trees)) return failure;
  if (!take_outer_user()) return failed("taking the sandbox's own user");
  if (auto failure = cell.build(policy, folder, request.trees)) return failure;
  policy.limits.processes += threads_of_user();
  layers = layer_landlock | layer_process_group;
  return give_up_privileges(policy, cell, layers);
}

}  // namespace

// The keeper's death is this process's; identity has settled when that is asked for, since a change
// would cancel it.
void live_as_init(Request request, Descriptor mapped, const Descriptor& keeper_lives) {
  occupy_keeper_socket();
  Network network;
  char byte = 0;
  if (read(mapped.get(), &byte, 1) != 1) return;
  mapped.reset();
  uint32_t layers = 0;
  MaybeFailure failure = set_up(request, network, layers);
  if (!failure) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    pollfd died{keeper_lives.get(), POLLIN, 0};
    if (poll(&died, 1, 0) != 0) return;
    failure = give_up_privileges(request.plan.policy, Cell(), layers);
  }
  request.trees.clear();
  if (failure) return send_failure(request.control.get(), *failure);
  serve_one_job(request.plan, request.control.get(), std::move(request.streams), layers, Cell());
}

void live_in_cell(Request request, const std::string& folder, Descriptor keeper_lives) {
  occupy_keeper_socket();
  const Descriptor life = die_with_keeper(keeper_lives.get());
  keeper_lives.reset();
  if (!life.valid()) return send_failure(request.control.get(), failed("watching the keeper"));
  Cell cell;
  uint32_t layers = 0;
  const MaybeFailure failure = shut_in(request, folder, cell, layers);
  request.trees.clear();
  if (failure) {
    send_failure(request.control.get(), *failure);
  } else {
    serve_one_job(request.plan, request.control.get(), std::move(request.streams), layers, cell);
  }
  // Where lemma and the keeper are killed at once, nobody watches any more when init leaves.
  kill(0, SIGKILL);
}

void live_as_bubblewrap(const Request& request, int socket) {
  MaybeFailure failure;
  if (!take_outer_user() || dup2(request.streams.errors.get(), 2) < 0) {
    failure = failed("taking the sandbox's own user");
  } else {
    failure = become_bubblewrap(request.plan, socket);
  }
  send_failure(request.control.get(), *failure);
}

bool live_in_bubblewrap(Request request) {
  occupy_keeper_socket();
  const int control = request.control.get();
  send_report(control, {.kind = Report::Kind::made});
  const policy::Policy& policy = request.plan.policy;
  uint32_t layers = layer_user_namespace | layer_other_namespaces | layer_root | layer_bubblewrap;
  MaybeFailure failure = copy_trees(policy, request.folders, "");
  request.folders.clear();
  if (!failure) failure = give_up_privileges(policy, Cell(), layers);
  if (failure) return send_failure(control, *failure), false;
  serve_one_job(request.plan, control, std::move(request.streams), layers, Cell());
  return true;
}

}  // namespace sandbox::runner::helper
