// How a sandbox comes to be.
//
// The keeper receives a plan with the far ends of a sandbox's control socket and streams. It starts
// a process in new namespaces, in a cgroup where it can make one, which waits; maps the user, and
// lets it go. That process is pid 1 inside: it has another one make the network meanwhile, opens
// the trees while it still has the user's identity, takes the sandbox's own, builds the root and
// moves into it, and gives up every privilege. From then on it is the init of init.h. Where
// bubblewrap makes the namespaces and the root, the same program is its first process inside and
// takes the plan from a socket there. Where nobody can, and the library agrees to less, init shuts
// itself in with Landlock (cell.h) and leads a process group that nothing it starts can leave: one
// signal ends them all, at its end, at the keeper's, and whatever they do meanwhile.
//
// The keeper's death is the death of all that it made itself: the kernel sends it to the children
// (PDEATHSIG), and each looks at a pipe once, for a keeper that died before it could ask for that.
// Bubblewrap must not die so: its child, the first process of the new namespaces, first waits for
// it, and would do so for ever. It lives to let that child go, which then finds lemma gone, or is
// of use to it. A bubblewrap that is killed nevertheless leaves its child to the keeper, which
// adopts orphans and ends them.
#include "sandbox/runner/helper/keeper.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "sandbox/runner/helper/cgroup.h"
#include "sandbox/runner/helper/lives.h"
#include "sandbox/runner/helper/private_folder.h"
#include "sandbox/runner/message.h"
#include "sandbox/runner/protocol.h"

namespace sandbox::runner::helper {
namespace {

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

// A sandbox, until it has ended and its folder is not needed any more.
struct Kept {
  pid_t pid = -1;                     // what the keeper has started; -1 when that has ended
  Descriptor control = Descriptor();  // where it has a cgroup or a folder
  Cgroup group = Cgroup();
  bool flooded = false;  // the group's memory did not suffice
  PrivateFolder folder = PrivateFolder();
  pid_t processes = -1;  // with a folder: their process group; -1 when all of them have ended
};

// Like fork(), with a handle of the child and in its cgroup where it has one. Some cgroups can be
// made and not be entered.
pid_t start(const Kept& kept, uint64_t namespaces, Descriptor& handle) {
  const Descriptor group = kept.group.for_clone();
  int pidfd = -1;
  clone_args arguments{};
  arguments.flags = namespaces | CLONE_PIDFD | (group.valid() ? CLONE_INTO_CGROUP : 0);
  arguments.pidfd = reinterpret_cast<uintptr_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<uint64_t>(group.get());
  pid_t child = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  if (child < 0 && group.valid()) {
    arguments.flags &= ~static_cast<uint64_t>(CLONE_INTO_CGROUP);
    child = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  }
  if (child > 0) handle = Descriptor(pidfd);
  const bool inside = (arguments.flags & CLONE_INTO_CGROUP) != 0;
  if (child == 0 && kept.group.exists() && (inside || kept.group.enter())) {
    send_report(kept.control.get(), {.kind = Report::Kind::grouped});
  }
  return child;
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

class Keeper {
 public:
  explicit Keeper(Life life) : life_(std::move(life)) {}
  // The children of what dies here fall to the keeper in turn.
  ~Keeper() {
    constexpr int patience_ms = 2000;
    for (int i = 0; i < patience_ms; ++i) {
      for (const Kept& kept : kept_) {
        if (kept.processes > 0) kill(-kept.processes, SIGKILL);
      }
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
    const Backend backend = request.plan.backend;
    if (kept.group.exists() || backend == Backend::reduced) {
      kept.control = Descriptor(fcntl(request.control.get(), F_DUPFD_CLOEXEC, 0));
    }
    if (backend == Backend::native) kept.pid = natively(std::move(request), kept);
    if (backend == Backend::bubblewrap) kept.pid = with_bubblewrap(request, kept);
    if (backend == Backend::reduced) kept.pid = in_cell(std::move(request), kept);
    if (kept.pid > 0) kept_.push_back(std::move(kept));
  }

  void reap() {
    siginfo_t info{};
    // Before it is reaped, since nobody else can have its number then.
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid > 0) {
      const auto kept = find(info.si_pid);
      if (kept != kept_.end()) hear_end(kept);
      waitpid(info.si_pid, nullptr, 0);
      info.si_pid = 0;
    }
    for (const pid_t child : children()) {
      if (find(child) == kept_.end()) kill(child, SIGKILL);
    }
    for (Kept& kept : kept_) {
      const bool over = kept.pid < 0 && kept.processes > 0 && kill(-kept.processes, 0) != 0;
      if (!over) continue;
      kept.processes = -1;
      send_report(kept.control.get(), {.kind = Report::Kind::over});
    }
  }

  // What to wait for: until the library is done with what a sandbox has left, or a cgroup's memory
  // does not suffice.
  void add_events(std::vector<pollfd>& events) const {
    for (const Kept& kept : kept_) {
      if (is_over(kept)) events.push_back({kept.control.get(), 0, 0});
      if (kept.pid > 0) events.push_back({kept.group.event(), POLLIN, 0});
    }
  }

  void end_floods() {
    for (Kept& kept : kept_) {
      eventfd_t ignored = 0;
      const int event = kept.pid > 0 ? kept.group.event() : -1;
      if (event < 0 || eventfd_read(event, &ignored) != 0) continue;
      kept.flooded = true;
      kept.group.end_all();
    }
  }

  void remove_folders() {
    std::erase_if(kept_, [](const Kept& kept) {
      pollfd closed{kept.control.get(), 0, 0};
      return is_over(kept) && poll(&closed, 1, 0) > 0;
    });
  }

 private:
  static bool is_over(const Kept& kept) { return kept.pid < 0 && kept.processes < 0; }

  void hear_end(std::vector<Kept>::iterator kept) {
    if (kept->flooded || kept->group.ran_out_of_memory()) {
      send_report(kept->control.get(), {.kind = Report::Kind::out_of_memory});
    }
    if (!kept->folder.exists()) {
      kept_.erase(kept);
      return;
    }
    kill(-kept->processes, SIGKILL);
    kept->pid = -1;
  }

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
    constexpr uint64_t namespaces =
        CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
    Descriptor handle;
    const pid_t child = start(kept, namespaces, handle);
    if (child == 0) {
      writing.reset();
      leave(kept);
      live_as_init(std::move(request), std::move(reading), life_.reading);
      _exit(0);
    }
    if (child < 0) return refuse(request, failed("making user and other namespaces"));
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
    Descriptor handle;
    const pid_t child = start(kept, 0, handle);
    if (child == 0) {
      live_as_bubblewrap(request, far.get());
      _exit(1);
    }
    return child < 0 ? refuse(request, failed("starting bubblewrap")) : child;
  }

  pid_t in_cell(Request request, Kept& kept) {
    kept.folder = folders_.make(geteuid() == 0 ? outer_id : geteuid());
    if (!kept.folder.exists()) return refuse(request, failed("making a folder in /tmp"));
    Descriptor handle;
    const pid_t child = start(kept, 0, handle);
    if (child == 0) {
      leave(kept);
      live_in_cell(std::move(request), kept.folder.path(), std::move(life_.reading));
      _exit(0);
    }
    if (child < 0) return refuse(request, failed("starting a process"));
    setpgid(child, child);  // as the child does itself: whoever is first
    kept.processes = child;
    send_report(request.control.get(), {.kind = Report::Kind::made, .pid = child}, handle.get());
    return child;
  }

  // In a child that does not become another program.
  void leave(const Kept& kept) {
    life_.writing.reset();
    // Whoever listens to another sandbox waits for all of its control socket's copies to close.
    for (Kept& other : kept_) other.control.reset();
    close(kept.control.get());
  }

  static pid_t refuse(const Request& request, const Failure& failure) {
    send_failure(request.control.get(), failure);
    return -1;
  }

  Life life_;
  Cgroups cgroups_;
  PrivateFolders folders_;
  std::vector<Kept> kept_;
};

}  // namespace

int keep() {
  signal(SIGPIPE, SIG_IGN);
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return 1;
  sigset_t ends_of_children;
  sigemptyset(&ends_of_children);
  sigaddset(&ends_of_children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ends_of_children, nullptr);
  const Descriptor signals(signalfd(-1, &ends_of_children, SFD_CLOEXEC | SFD_NONBLOCK));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return 1;
  Keeper keeper(Life{Descriptor(ends[0]), Descriptor(ends[1])});
  for (;;) {
    std::vector<pollfd> events = {{keeper_socket, POLLIN, 0}, {signals.get(), POLLIN, 0}};
    keeper.add_events(events);
    if (poll(events.data(), events.size(), -1) < 0 && errno != EINTR) return 1;
    signalfd_siginfo ignored;
    while (read(signals.get(), &ignored, sizeof ignored) > 0) continue;
    keeper.end_floods();
    keeper.reap();
    keeper.remove_folders();
    if (events[0].revents == 0) continue;
    auto received = receive_descriptors(keeper_socket);
    if (!received) return 0;
    if (auto request = understand(std::move(*received))) keeper.make(std::move(*request));
  }
}

int serve_inside() {
  auto received = receive_descriptors(keeper_socket);
  auto request = received ? understand(std::move(*received)) : std::nullopt;
  return request && live_in_bubblewrap(std::move(*request)) ? 0 : 1;
}

}  // namespace sandbox::runner::helper
