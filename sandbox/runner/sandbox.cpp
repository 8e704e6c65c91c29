#include "sandbox/runner/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

#include "engine/base/format.h"
#include "sandbox/runner/message.h"

namespace sandbox::runner {

using engine::base::Done;
using engine::base::fail;
using engine::base::Result;
using engine::base::Status;

Result<UniqueDescriptor> memory_file(std::string_view content) {
  UniqueDescriptor file(memfd_create("lemma", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  size_t done = 0;
  while (file.valid() && done < content.size()) {
    const ssize_t put = write(file.get(), content.data() + done, content.size() - done);
    if (put < 0 && errno != EINTR) break;
    if (put > 0) done += static_cast<size_t>(put);
  }
  if (!file.valid() || done < content.size()) {
    return fail("no memory for what a run is told: ", std::strerror(errno));
  }
  fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  return file;
}

Sandbox::~Sandbox() {
  kill();
  constexpr int patience_ms = 5000;
  wait_for_end(patience_ms);
}

Sandbox::News Sandbox::listen() {
  Report report;
  auto message =
      receive_message(control(), std::as_writable_bytes(std::span(&report, 1)), MSG_DONTWAIT);
  if (!message) return {};
  if (message->bytes != sizeof report) return {.gone = Gone::yes};
  report.what[sizeof report.what - 1] = 0;
  if (!message->descriptors.empty()) {
    UniqueDescriptor& given = message->descriptors.front();
    if (report.kind == Report::Kind::made) pidfd_ = std::move(given);
    if (report.kind == Report::Kind::ready) work_folder_ = std::move(given);
  }
  if (report.kind == Report::Kind::made) {
    pid_ = report.pid;
    if (!pidfd_.valid()) {
      pid_ = message->sender;
      pidfd_ = UniqueDescriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
    }
  }
  if (report.kind == Report::Kind::over) empty_ = true;
  if (report.kind == Report::Kind::ready) {
    layers_ |= report.layers;
    root_ = report.what;
  }
  if (report.kind == Report::Kind::grouped) layers_ |= layer_cgroup;
  return {.report = report};
}

Status Sandbox::dispatch(const Job& job, const std::string& input) {
  size_t done = 0;
  while (done < input.size()) {
    const ssize_t put = write(ends_.input.get(), input.data() + done, input.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail("no memory for the run's input: ", std::strerror(errno));
    done += static_cast<size_t>(put);
  }
  fcntl(ends_.input.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  const auto memory = memory_file(encode(job));
  if (!memory) return memory.error();
  const std::byte byte{};
  const int sent[] = {memory->get()};
  send_message(control(), {&byte, 1}, sent);  // one that is gone says so when we listen
  return Done{};
}

void Sandbox::signal(int number) {
  const auto byte = static_cast<std::byte>(number);
  send_message(control(), {&byte, 1}, {}, MSG_DONTWAIT);
}

void Sandbox::kill() {
  if (pidfd_.valid()) {
    syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
  } else {
    shutdown(control(), SHUT_RDWR);  // one that is still being made finds nobody
  }
}

bool Sandbox::wait_for_end(int timeout_ms) {
  if (!pidfd_.valid()) return true;
  pollfd ended{pidfd_.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&ended, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace sandbox::runner
