// How a sandbox comes to be.
//
// The keeper receives a plan with the far ends of a sandbox's control socket and streams. It starts
// a process in new namespaces, which waits; maps the user, puts the process into a cgroup where it
// can make one, and lets it go. That process is pid 1 inside: it opens the trees while it still has
// the user's identity, takes the sandbox's own, builds the root and moves into it, and gives up
// every privilege. From then on it is the init of init.h. Where bubblewrap makes the namespaces and
// the root, the same program is its first process inside and takes the plan from a socket there.
//
// The keeper's death is the death of all that it made itself: the kernel sends it to the children
// (PDEATHSIG), and each looks at a pipe once, for a keeper that died before it could ask for that.
// Bubblewrap must not die so: its child, the first process of the new namespaces, first waits for
// it, and would do so for ever. It lives to let that child go, which then finds lemma gone, or is
// of use to it. A bubblewrap that is killed nevertheless leaves its child to the keeper, which
// adopts orphans and ends them.
#include "sandbox/runner/helper/keeper.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <vector>

#include "sandbox/runner/helper/bubblewrap.h"
#include "sandbox/runner/helper/cgroup.h"
#include "sandbox/runner/helper/init.h"
#include "sandbox/runner/helper/privileges.h"
#include "sandbox/runner/helper/root.h"
#include "sandbox/runner/message.h"
#include "sandbox/runner/protocol.h"

namespace sandbox::runner::helper {
namespace {

// The user inside, and outside where the keeper is root: a number far from any that a distribution
// hands out. (The kernel's own root would be exempt from the limit of processes.)
constexpr uid_t inner_id = 1000;
constexpr uid_t outer_id = 2'000'000'000;

struct Request {
  Plan plan;
  Descriptor control;
  Streams streams;
  OpenTrees trees = {};
  std::vector<Descriptor> folders = {};  // that are to be copied
};

// The descriptors of one plan. Nothing where the socket is closed.
std::optional<std::vector<Descriptor>> receive_descriptors(int socket) {
  std::byte byte{};
  auto message = receive_message(socket, {&byte, 1});
  if (!message || message->bytes == 0) return std::nullopt;
  return std::move(message->descriptors);
}

std::optional<Request> understand(std::vector<Descriptor> received) {
  if (received.size() < plan_descriptors) return std::nullopt;
  const auto bytes = read_all(received[plan_memory].get());
  auto plan = bytes ? decode_plan(*bytes) : std::nullopt;
  if (!plan) return std::nullopt;
  Request request{std::move(*plan),
                  std::move(received[plan_control]),
                  {std::move(received[plan_stdin]), std::move(received[plan_stdout]),
                   std::move(received[plan_stderr])}};
  std::move(received.begin() + plan_descriptors, received.end(),
            std::back_inserter(request.folders));
  return request;
}

MaybeFailure raise_loopback() {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  if (!socket.valid() || ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) {
    return failed("raising the loopback device");
  }
  return std::nullopt;
}

// Pid 1, with all capabilities of its own namespaces and none outside them.
MaybeFailure set_up(Request& request, uint32_t& layers) {
  // Here, when the keeper has put this process into its cgroup, which becomes the root it sees.
  if (unshare(CLONE_NEWCGROUP) != 0) return failed("making a cgroup namespace");
  if (auto failure = open_trees(request.plan.policy, request.trees)) return failure;
  if (getuid() != inner_id &&
      (setgroups(0, nullptr) != 0 || setresgid(inner_id, inner_id, inner_id) != 0 ||
       setresuid(inner_id, inner_id, inner_id) != 0)) {
    return failed("taking the sandbox's own user");
  }
  if (auto failure = enter_root(request.plan.policy, request.trees)) return failure;
  if (auto failure = raise_loopback()) return failure;
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
MaybeFailure give_up_privileges(const policy::Policy& policy, uint32_t& layers) {
  if (auto failure = drop_capabilities()) return failure;
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failed("hiding init");
  if (auto failure = load_filter(policy.tracing)) return failure;
  layers |= layer_capabilities | layer_seccomp;
  return std::nullopt;
}

// Low numbers stay occupied, so that connecting standard streams never overwrites another
// descriptor.
void occupy_keeper_socket() { dup3(0, keeper_socket, O_CLOEXEC); }

// In the child. The keeper's death is this process's; identity has settled when that is asked for,
// since a change would cancel it.
void live_as_init(Request request, Descriptor mapped, const Descriptor& keeper_lives) {
  occupy_keeper_socket();
  char byte = 0;
  if (read(mapped.get(), &byte, 1) != 1) return;
  mapped.reset();
  uint32_t layers = 0;
  MaybeFailure failure = set_up(request, layers);
  if (!failure) {
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    pollfd died{keeper_lives.get(), POLLIN, 0};
    if (poll(&died, 1, 0) != 0) return;
    failure = give_up_privileges(request.plan.policy, layers);
  }
  request.trees.clear();
  if (failure) return send_failure(request.control.get(), *failure);
  serve_one_job(request.plan, request.control.get(), std::move(request.streams), layers);
}

MaybeFailure map_user(pid_t child) {
  const std::string folder = "/proc/" + std::to_string(child);
  const bool root = geteuid() == 0;
  const auto line = [&](uid_t own) {
    const uid_t outer = root ? outer_id : own;
    return std::to_string(inner_id) + " " + std::to_string(outer) + " 1\n";
  };
  if (!root) {
    if (auto failure = write_file(folder + "/setgroups", "deny")) return failure;
  }
  if (auto failure = write_file(folder + "/uid_map", line(geteuid()))) return failure;
  return write_file(folder + "/gid_map", line(getegid()));
}

// A pipe that nothing is ever written to: it ends when the keeper does.
struct Life {
  Descriptor reading, writing;
};

// A sandbox, until it has ended.
struct Kept {
  pid_t pid = -1;                     // what the keeper has started
  Descriptor control = Descriptor();  // where it has a cgroup
  Cgroup group = Cgroup();
};

// Before the process can have started another. Some cgroups can be made and not be entered.
void enter_group(const Kept& kept, pid_t pid) {
  if (kept.group.exists() && kept.group.add(pid)) {
    send_report(kept.control.get(), {.kind = Report::Kind::grouped});
  }
}

// What the init inside bubblewrap takes from its keeper's socket.
bool pass_on(const Request& request, int socket) {
  const std::string bytes = encode(request.plan);
  const Descriptor memory(memfd_create("plan", MFD_CLOEXEC));
  if (!memory.valid() || !write_all(memory.get(), bytes.data(), bytes.size())) return false;
  std::vector<int> sent = {memory.get(), request.control.get(), request.streams.input.get(),
                           request.streams.output.get(), request.streams.errors.get()};
  std::vector<Descriptor> folders;
  for (const policy::Tree& tree : request.plan.policy.trees) {
    if (tree.view != policy::View::scratch || sent.size() == max_message_descriptors) continue;
    folders.emplace_back(open(tree.host.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folders.back().valid()) return false;
    sent.push_back(folders.back().get());
  }
  const std::byte byte{};
  return send_message(socket, {&byte, 1}, sent);
}

// In the child: not as root, and with bubblewrap's own messages where the run's errors go.
void live_as_bubblewrap(const Request& request, int socket) {
  const bool own_user = geteuid() != 0 || (setgroups(0, nullptr) == 0 &&
                                           setresgid(outer_id, outer_id, outer_id) == 0 &&
                                           setresuid(outer_id, outer_id, outer_id) == 0);
  MaybeFailure failure;
  if (!own_user || dup2(request.streams.errors.get(), 2) < 0) {
    failure = failed("taking the sandbox's own user");
  } else {
    failure = become_bubblewrap(request.plan, socket);
  }
  send_failure(request.control.get(), *failure);
}

class Keeper {
 public:
  explicit Keeper(Life life) : life_(std::move(life)) {}
  // The children of what dies here fall to the keeper in turn.
  ~Keeper() {
    constexpr int patience_ms = 2000;
    for (int i = 0; i < patience_ms; ++i) {
      for (const pid_t child : children()) kill(child, SIGKILL);
      pid_t gone = 0;
      while ((gone = waitpid(-1, nullptr, WNOHANG)) > 0) continue;
      if (gone < 0) return;  // there is none
      usleep(1000);
    }
  }
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  void make(Request request) {
    Kept kept{.group = cgroups_.make(request.plan.policy.limits)};
    const bool grouped = kept.group.exists();
    if (grouped) kept.control = Descriptor(fcntl(request.control.get(), F_DUPFD_CLOEXEC, 0));
    const bool other = request.plan.backend == Backend::bubblewrap;
    kept.pid = other ? with_bubblewrap(request, kept) : natively(std::move(request), kept);
    if (kept.pid > 0) kept_.push_back(std::move(kept));
  }

  void reap() {
    for (pid_t gone = 0; (gone = waitpid(-1, nullptr, WNOHANG)) > 0;) {
      const auto kept = find(gone);
      if (kept == kept_.end()) continue;
      if (kept->group.ran_out_of_memory()) {
        send_report(kept->control.get(), {.kind = Report::Kind::out_of_memory});
      }
      kept_.erase(kept);
    }
    for (const pid_t child : children()) {
      if (find(child) == kept_.end()) kill(child, SIGKILL);
    }
  }

 private:
  std::vector<Kept>::iterator find(pid_t pid) {
    return std::find_if(kept_.begin(), kept_.end(),
                        [&](const Kept& each) { return each.pid == pid; });
  }

  // Each returns the child, or -1 after a report.
  pid_t natively(Request request, const Kept& kept) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return refuse(request, failed("a pipe"));
    Descriptor reading(ends[0]), writing(ends[1]);
    if (geteuid() == 0) request.trees = give_trees(request.plan.policy, outer_id);
    int pidfd = -1;
    clone_args arguments{};
    arguments.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                      CLONE_NEWUTS | CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<uintptr_t>(&pidfd);
    arguments.exit_signal = SIGCHLD;
    const pid_t child = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
    if (child == 0) {
      writing.reset();
      life_.writing.reset();
      // Whoever listens to another sandbox waits for all of its control socket's copies to close.
      for (Kept& other : kept_) other.control.reset();
      close(kept.control.get());
      live_as_init(std::move(request), std::move(reading), life_.reading);
      _exit(0);
    }
    if (child < 0) return refuse(request, failed("making user and other namespaces"));
    const Descriptor handle(pidfd);
    enter_group(kept, child);
    if (auto failure = map_user(child)) {
      kill(child, SIGKILL);
      return refuse(request, *failure);
    }
    send_report(request.control.get(), {.kind = Report::Kind::made, .pid = child}, handle.get());
    if (write(writing.get(), "", 1) != 1) kill(child, SIGKILL);
    return child;
  }

  pid_t with_bubblewrap(const Request& request, const Kept& kept) const {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
      return refuse(request, failed("a socket"));
    }
    const Descriptor near(ends[0]), far(ends[1]);
    if (!pass_on(request, near.get())) {
      return refuse(request, job_failed("opening the project's folder"));
    }
    const pid_t child = fork();
    if (child == 0) {
      enter_group(kept, 0);
      live_as_bubblewrap(request, far.get());
      _exit(1);
    }
    return child < 0 ? refuse(request, failed("starting bubblewrap")) : child;
  }

  static pid_t refuse(const Request& request, const Failure& failure) {
    send_failure(request.control.get(), failure);
    return -1;
  }

  Life life_;
  Cgroups cgroups_;
  std::vector<Kept> kept_;
};

}  // namespace

int keep() {
  signal(SIGPIPE, SIG_IGN);
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return 1;
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, nullptr);
  const Descriptor signals(signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return 1;
  Keeper keeper(Life{Descriptor(ends[0]), Descriptor(ends[1])});
  for (;;) {
    pollfd events[] = {{keeper_socket, POLLIN, 0}, {signals.get(), POLLIN, 0}};
    if (poll(events, 2, -1) < 0 && errno != EINTR) return 1;
    signalfd_siginfo ignored;
    while (read(signals.get(), &ignored, sizeof ignored) > 0) continue;
    keeper.reap();
    if (events[0].revents == 0) continue;
    auto received = receive_descriptors(keeper_socket);
    if (!received) return 0;
    if (auto request = understand(std::move(*received))) keeper.make(std::move(*request));
  }
}

int serve_inside() {
  auto received = receive_descriptors(keeper_socket);
  auto request = received ? understand(std::move(*received)) : std::nullopt;
  if (!request) return 1;
  occupy_keeper_socket();
  send_report(request->control.get(), {.kind = Report::Kind::made});
  uint32_t layers = layer_user_namespace | layer_other_namespaces | layer_root | layer_bubblewrap;
  if (auto failure = copy_trees(request->plan.policy, request->folders)) {
    send_failure(request->control.get(), *failure);
    return 1;
  }
  request->folders.clear();
  if (auto failure = give_up_privileges(request->plan.policy, layers)) {
    send_failure(request->control.get(), *failure);
    return 1;
  }
  serve_one_job(request->plan, request->control.get(), std::move(request->streams), layers);
  return 0;
}

}  // namespace sandbox::runner::helper
