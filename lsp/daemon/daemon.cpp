#include "lsp/daemon/daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <list>
#include <thread>

#include "engine/base/format.h"
#include "lsp/daemon/connect.h"

namespace lsp::daemon {
namespace {

using base::fail;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds tick_every{30};
constexpr std::chrono::milliseconds after_failed_accept{100};
constexpr std::chrono::seconds before_look{1};  // when its last editor has left

class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  int get() const { return value_; }

 private:
  int value_;
};

base::Error failed(const std::string& what) { return fail(what, ": ", std::strerror(errno)); }

class Daemon {
 public:
  explicit Daemon(const Options& options) : options_(options) {}
  base::Result<Ending> run();

 private:
  struct Connection {
    int socket;  // valid until `over`
    std::atomic<bool> over = false;
    std::thread thread;
  };

  base::Status begin();
  base::Status listen();
  void listen_again();
  void accept();
  void join_those_over();
  void let_all_go();
  bool is_alone() const { return connections_.empty() && options_.leave_after; }
  std::optional<Ending> may_leave();
  int poll_timeout_ms() const;

  const Options& options_;
  Descriptor lock_, listener_, signals_, wake_, folder_;
  std::list<Connection> connections_;
  Clock::time_point alone_since_ = Clock::now();
  // When to ask whether it is current.
  Clock::time_point next_look_ = alone_since_ + before_look;
};

base::Status Daemon::begin() {
  signals_ = Descriptor([] {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return signalfd(-1, &set, SFD_CLOEXEC);
  }());
  wake_ = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  folder_ = Descriptor(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (signals_.get() < 0 || wake_.get() < 0 || folder_.get() < 0) return failed("signalfd");
  const std::string folder = std::filesystem::path(options_.place.socket).parent_path();
  if (inotify_add_watch(folder_.get(), folder.c_str(), IN_CREATE | IN_DELETE | IN_MOVED_FROM) < 0) {
    return failed(folder);
  }
  return listen();
}

base::Status Daemon::listen() {
  // A socket of a daemon that was killed; nobody else holds the lock.
  unlink(options_.place.socket.c_str());
  listener_ = Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(options_.place.socket.begin(), options_.place.socket.end(), address.sun_path);
  const mode_t mask = umask(0177);
  const int bound =
      bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  umask(mask);
  if (bound != 0 || ::listen(listener_.get(), 64) != 0) return failed(options_.place.socket);
  return base::Done{};
}

// Another daemon's socket has come, perhaps this one's successor's. Or somebody has cleaned up:
// editors that come now would not find this daemon, and it would keep another from starting.
void Daemon::listen_again() {
  std::array<char, 4096> events;
  bool any = false;
  while (read(folder_.get(), events.data(), events.size()) > 0) any = true;
  if (any) next_look_ = Clock::now();
  if (!any || access(options_.place.socket.c_str(), F_OK) == 0) return;
  options_.log->warn("{} is gone; made again", options_.place.socket);
  if (const auto status = listen(); !status) {
    options_.log->error("{}", status.message());
    // Nobody can reach it any more, nor the lock beside it: new editors start another daemon, and
    // this one serves those that it has.
    listener_ = Descriptor();
  }
}

void Daemon::accept() {
  const int socket = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
  // No descriptors left, mostly: who waits goes on waiting, and should keep nobody busy.
  if (socket < 0) return std::this_thread::sleep_for(after_failed_accept);
  if (!is_ours(socket)) {
    options_.log->warn("a connection of another user is refused");
    close(socket);
    return;
  }
  const int out = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  const int held = fcntl(socket, F_DUPFD_CLOEXEC, 0);  // to shut it down by
  if (out < 0 || held < 0) {
    options_.log->error("an editor is turned away: {}", std::strerror(errno));
    for (const int descriptor : {socket, out, held}) {
      if (descriptor >= 0) close(descriptor);
    }
    return;
  }
  Connection& connection = connections_.emplace_back();
  connection.socket = held;
  options_.log->info("an editor has come; there are {}", connections_.size());
  connection.thread = std::thread([this, &connection, socket, out] {
    try {
      options_.serve(socket, out);
    } catch (const std::exception& error) {  // there was not enough for it: the others stay
      options_.log->error("an editor is turned away: {}", error.what());
      shutdown(connection.socket, SHUT_RDWR);
    }
    connection.over = true;
    eventfd_write(wake_.get(), 1);
  });
}

void Daemon::join_those_over() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (!it->over) {
      ++it;
      continue;
    }
    it->thread.join();
    close(it->socket);
    it = connections_.erase(it);
    options_.log->info("an editor has left; there are {}", connections_.size());
    alone_since_ = Clock::now();
    next_look_ = alone_since_ + before_look;
  }
}

void Daemon::let_all_go() {
  for (Connection& connection : connections_) shutdown(connection.socket, SHUT_RDWR);
  for (Connection& connection : connections_) {
    connection.thread.join();
    close(connection.socket);
  }
  connections_.clear();
}

int Daemon::poll_timeout_ms() const {
  using std::chrono::milliseconds;
  milliseconds wait = tick_every;
  if (is_alone()) {
    const auto next = std::min(alone_since_ + *options_.leave_after, next_look_);
    const auto left = std::chrono::duration_cast<milliseconds>(next - Clock::now());
    wait = std::min(wait, left + milliseconds(1));
  }
  return static_cast<int>(std::max<int64_t>(0, wait.count()));
}

std::optional<Ending> Daemon::may_leave() {
  const Clock::time_point now = Clock::now();
  if (!is_alone()) return std::nullopt;
  if (now >= alone_since_ + *options_.leave_after) return Ending::idle;
  if (now < next_look_) return std::nullopt;
  next_look_ = now + tick_every;
  if (options_.is_current()) return std::nullopt;
  return Ending::outdated;
}

base::Result<Ending> Daemon::run() {
  lock_ = Descriptor(
      open(options_.place.lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock_.get() < 0) return failed(options_.place.lock);
  if (flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed(options_.place.lock);
    return Ending::another;
  }
  if (const auto status = begin(); !status) return status.error();
  options_.log->info("listening at {}", options_.place.socket);
  if (const auto status = options_.begin(); !status) {
    unlink(options_.place.socket.c_str());
    return status.error();
  }
  std::optional<Ending> ending;
  while (!ending) {
    std::array<pollfd, 4> polled{{{signals_.get(), POLLIN, 0},
                                  {listener_.get(), POLLIN, 0},
                                  {wake_.get(), POLLIN, 0},
                                  {folder_.get(), POLLIN, 0}}};
    if (poll(polled.data(), polled.size(), poll_timeout_ms()) < 0 && errno != EINTR) {
      return failed("poll");
    }
    if ((polled[0].revents & POLLIN) != 0) {
      ending = Ending::signal;
      break;
    }
    if ((polled[1].revents & POLLIN) != 0) accept();
    if ((polled[3].revents & POLLIN) != 0) listen_again();
    eventfd_t count = 0;
    eventfd_read(wake_.get(), &count);
    join_those_over();
    options_.tick();
    ending = may_leave();
  }
  // While the lock is held, so that this is no later daemon's socket.
  if (listener_.get() >= 0) unlink(options_.place.socket.c_str());
  let_all_go();
  return *ending;
}

}  // namespace

base::Result<Ending> run(const Options& options) { return Daemon(options).run(); }

}  // namespace lsp::daemon
