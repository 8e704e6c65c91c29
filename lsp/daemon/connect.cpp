#include "lsp/daemon/connect.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <thread>

#include "engine/base/format.h"

namespace lsp::daemon {
namespace {

using base::fail;
using Clock = std::chrono::steady_clock;

// What the daemon keeps of the environment of whoever happens to start it first.
constexpr auto kept_variables = std::to_array<std::string_view>(
    {"HOME=", "USER=", "LOGNAME=", "PATH=", "LANG=", "LC_", "TZ=", "XDG_CACHE_HOME=",
     "XDG_CONFIG_HOME=", "XDG_RUNTIME_DIR=", "XDG_STATE_HOME=", "SSL_CERT_FILE=", "LEMMA_"});

// A daemon that was started and has not listened for this long is started again.
constexpr std::chrono::seconds restart_after{3};

// The socket, or −1 with errno.
int try_connect(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return -1;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return socket;
  }
  const int error = errno;
  close(socket);
  errno = error;
  return -1;
}

// Of who has connected, or has begun to listen.
std::optional<ucred> peer_of(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  return credentials;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> words_of(const char* command, const Launch& launch) {
  std::vector<std::string> words{"lemma", command};
  words.insert(words.end(), launch.options.begin(), launch.options.end());
  return words;
}

std::vector<std::string> variables_for(const Launch& launch) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const bool kept = std::any_of(kept_variables.begin(), kept_variables.end(),
                                  [&](auto name) { return variable.starts_with(name); });
    const bool named = !launch.variable.empty() && variable.starts_with(launch.variable + "=");
    if (kept || named) variables.emplace_back(variable);
  }
  return variables;
}

base::Status start(const Launch& launch) {
  std::vector<std::string> words = words_of("daemon", launch);
  std::vector<std::string> variables = variables_for(launch);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawn_file_actions_addchdir_np(&actions, "/");
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, handled;
  sigemptyset(&none);
  sigfillset(&handled);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &handled);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t process = 0;
  const int error = posix_spawn(&process, launch.program.c_str(), &actions, &attributes,
                                pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return fail("cannot start ", launch.program, ": ", std::strerror(error));
  return base::Done{};
}

// What is given to a program by its number is kept open for it.
std::string handed_over(int descriptor) {
  fcntl(descriptor, F_SETFD, 0);
  return std::to_string(descriptor);
}

}  // namespace

base::Error become_bridge(int out, int socket, const Place& place, const Launch& launch) {
  std::error_code error;
  const auto bridge =
      std::filesystem::read_symlink("/proc/self/exe", error).replace_filename("lemma-bridge");
  // By a descriptor, since an update may have put another program there when it is needed.
  const int program = open("/proc/self/exe", O_PATH);
  if (error) return fail("/proc/self/exe: ", error.message());
  if (program < 0) return fail("/proc/self/exe: ", std::strerror(errno));
  std::vector<std::string> words{bridge.string(), handed_over(out),     handed_over(socket),
                                 place.socket,    handed_over(program), launch.variable};
  words.insert(words.end(), launch.options.begin(), launch.options.end());
  execv(bridge.c_str(), pointers(words).data());
  const base::Error why = fail("cannot start ", bridge.string(), ": ", std::strerror(errno));
  close(socket);  // the daemon need not wait for an editor that it has not got
  close(program);
  return why;
}

bool is_ours(int socket) {
  const auto peer = peer_of(socket);
  return peer && peer->uid == geteuid();
}

std::optional<int> process_at(const Place& place) {
  const int socket = try_connect(place.socket);
  if (socket < 0) return std::nullopt;
  const auto peer = peer_of(socket);
  close(socket);
  return peer ? std::optional(peer->pid) : std::nullopt;
}

base::Result<int> connect_or_start(const Place& place, const Launch& launch,
                                   std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  auto next_start = Clock::now();
  for (;;) {
    const int socket = try_connect(place.socket);
    if (socket >= 0) {
      if (is_ours(socket)) return socket;
      close(socket);
      return fail(place.socket, " is answered by another user's program");
    }
    if (errno != ENOENT && errno != ECONNREFUSED && errno != EAGAIN) {
      return fail("cannot connect to ", place.socket, ": ", std::strerror(errno));
    }
    if (Clock::now() >= next_start) {
      if (const auto status = start(launch); !status) return status.error();
      next_start = Clock::now() + restart_after;
    }
    if (Clock::now() >= end) {
      return fail("the daemon does not come up; `lemma daemon --foreground` says why");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

base::Result<int> start_server(const Launch& launch) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail("socketpair: ", std::strerror(errno));
  }
  std::vector<std::string> words = words_of("lsp", launch);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  pid_t process = 0;
  const int error = posix_spawn(&process, launch.program.c_str(), &actions, nullptr,
                                pointers(words).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error == 0) return ends[0];
  close(ends[0]);
  return fail("cannot start ", launch.program, ": ", std::strerror(error));
}

}  // namespace lsp::daemon
