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

void make_sandbox(Request request, Life& life) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return send_failure(request.control.get(), failed("a pipe"));
  Descriptor reading(ends[0]), writing(ends[1]);
  if (geteuid() == 0) request.trees = give_trees(request.plan.policy, outer_id);
  int pidfd = -1;
  clone_args arguments{};
  arguments.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                    CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<uintptr_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  const pid_t child = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  if (child == 0) {
    writing.reset();
    life.writing.reset();
    live_as_init(std::move(request), std::move(reading), life.reading);
    _exit(0);
  }
  if (child < 0) {
    return send_failure(request.control.get(), failed("making user and other namespaces"));
  }
  const Descriptor handle(pidfd);
  if (auto failure = map_user(child)) {
    send_failure(request.control.get(), *failure);
    kill(child, SIGKILL);
    return;
  }
  send_report(request.control.get(), {.kind = Report::Kind::made, .pid = child}, handle.get());
  if (write(writing.get(), "", 1) != 1) kill(child, SIGKILL);
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

void make_with_bubblewrap(const Request& request) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return send_failure(request.control.get(), failed("a socket"));
  }
  const Descriptor near(ends[0]), far(ends[1]);
  if (!pass_on(request, near.get())) {
    return send_failure(request.control.get(), job_failed("opening the project's folder"));
  }
  const pid_t child = fork();
  if (child == 0) {
    live_as_bubblewrap(request, far.get());
    _exit(1);
  }
  if (child < 0) send_failure(request.control.get(), failed("starting bubblewrap"));
}

}  // namespace

int keep() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, nullptr);
  const Descriptor signals(signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return 1;
  Life life{Descriptor(ends[0]), Descriptor(ends[1])};
  for (;;) {
    pollfd events[] = {{keeper_socket, POLLIN, 0}, {signals.get(), POLLIN, 0}};
    if (poll(events, 2, -1) < 0 && errno != EINTR) return 1;
    signalfd_siginfo ignored;
    while (read(signals.get(), &ignored, sizeof ignored) > 0) continue;
    while (waitpid(-1, nullptr, WNOHANG) > 0) continue;
    if (events[0].revents == 0) continue;
    auto received = receive_descriptors(keeper_socket);
    if (!received) return 0;
    auto request = understand(std::move(*received));
    if (!request) continue;
    if (request->plan.backend == Backend::bubblewrap) {
      make_with_bubblewrap(*request);
    } else {
      make_sandbox(std::move(*request), life);
    }
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
