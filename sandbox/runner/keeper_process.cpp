#include "sandbox/runner/keeper_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "engine/base/format.h"
#include "sandbox/runner/message.h"

namespace sandbox::runner {
namespace {

using engine::base::Done;
using engine::base::fail;
using engine::base::Result;
using engine::base::Status;

Result<pid_t> spawn(const std::string& helper, int socket) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (const int number : {0, 1, 2}) {
    posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, socket, keeper_socket);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  // A session of its own: the terminal's Ctrl-C is for us, and we end the helper by its socket.
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  char name[] = "lemma-sandbox", command[] = "keep";
  char* const arguments[] = {name, command, nullptr};
  char* const no_environment[] = {nullptr};
  pid_t pid = -1;
  const int error =
      posix_spawn(&pid, helper.c_str(), &actions, &attributes, arguments, no_environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    return fail("cannot start the sandbox's helper ", helper, ": ", std::strerror(error),
                "; install lemma-sandbox beside lemma");
  }
  return pid;
}

struct Pipe {
  UniqueDescriptor reading, writing;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail("no pipe for a run: ", std::strerror(errno));
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{UniqueDescriptor(ends[0]), UniqueDescriptor(ends[1])};
}

// The same file by another opening, which can only read.
UniqueDescriptor reopened_for_reading(int file) {
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  return UniqueDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

struct Socket {
  UniqueDescriptor near, far;
};

Result<Socket> make_socket() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return fail("no socket for a run: ", std::strerror(errno));
  }
  return Socket{UniqueDescriptor(ends[0]), UniqueDescriptor(ends[1])};
}

}  // namespace

KeeperProcess::~KeeperProcess() {
  const std::lock_guard lock(mutex_);
  stop();
}

void KeeperProcess::stop() {
  socket_.reset();  // which ends the helper, and with it every sandbox
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

Status KeeperProcess::start() {
  stop();
  auto pair = make_socket();
  if (!pair) return pair.error();
  const auto pid = spawn(helper_, pair->far.get());
  if (!pid) return pid.error();
  pid_ = *pid;
  socket_ = std::move(pair->near);
  return Done{};
}

Result<std::unique_ptr<Sandbox>> KeeperProcess::make(const Plan& plan) {
  auto memory = memory_file(encode(plan));
  if (!memory) return memory.error();
  auto control = make_socket();
  if (!control) return control.error();
  const int on = 1;
  setsockopt(control->near.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  auto output = make_pipe();
  if (!output) return output.error();
  auto errors = make_pipe();
  if (!errors) return errors.error();
  Ends ends{std::move(control->near),
            UniqueDescriptor(memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING)),
            std::move(output->reading), std::move(errors->reading)};
  // Written by us alone, even where the run has the same user.
  fchmod(ends.input.get(), 0444);
  const UniqueDescriptor input = reopened_for_reading(ends.input.get());
  if (!input.valid()) return fail("no memory for a run's input: ", std::strerror(errno));
  const int sent[plan_descriptors] = {memory->get(), control->far.get(), input.get(),
                                      output->writing.get(), errors->writing.get()};
  const std::byte byte{};
  const std::lock_guard lock(mutex_);
  for (const bool again : {true, false}) {
    if (!socket_.valid()) {
      if (auto started = start(); !started) return started.error();
    }
    if (send_message(socket_.get(), {&byte, 1}, sent)) {
      return std::make_unique<Sandbox>(std::move(ends), plan.backend);
    }
    socket_.reset();
    if (!again) break;
  }
  return fail("the sandbox's helper ", helper_, " ends at once; is it of this build of lemma?");
}

}  // namespace sandbox::runner
