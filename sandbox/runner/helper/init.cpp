#include "sandbox/runner/helper/init.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "sandbox/runner/helper/privileges.h"
#include "sandbox/runner/message.h"

namespace sandbox::runner::helper {
namespace {

// Pointers for execve, which wants them writable and ended by null.
std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (const std::string& text : strings) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

class Init {
 public:
  Init(const Plan& plan, int control, Streams streams, const Cell& cell)
      : plan_(plan), control_(control), streams_(std::move(streams)), cell_(cell) {
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, nullptr);
    signals_ = Descriptor(signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  // Ends whatever is left, so that the library need not wait for the namespaces to be taken apart.
  void clear() {
    if (cell_.exists()) return;  // the keeper does that
    kill(-1, SIGKILL);
    while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
    send_report(control_, {.kind = Report::Kind::over});
  }

  // False: the interpreter could not be started, and that was reported.
  bool warm_up() {
    if (!plan_.warm) return true;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return report(failed("making a pipe"));
    const Descriptor reading(ends[0]);
    warm_message_ = Descriptor(ends[1]);
    Step warm = *plan_.warm;
    cell_.move(warm);
    warm_ = start(warm, reading.get());
    return warm_ > 0;
  }

  void run(const Job& job) {
    for (const policy::File& file : job.files) {
      if (!write(file)) return;
    }
    for (size_t i = 0; i < job.steps.size(); ++i) {
      const Step& step = job.steps[i];
      const pid_t child = warm_ > 0 && !step.message.empty() ? tell_warm(step) : start(step, -1);
      if (i + 1 == job.steps.size()) streams_ = Streams();  // so that the readers see the end
      int status = 0;
      if (child <= 0 || !wait_for(child, status)) return;
      send_report(
          control_,
          {.kind = Report::Kind::ended, .step = static_cast<uint32_t>(i), .status = status});
      if (status != 0) return;
    }
  }

 private:
  bool report(const Failure& failure) {
    send_failure(control_, failure);
    return false;
  }

  bool write(const policy::File& file) {
    make_parents(file.at);
    if (unlink(file.at.c_str()) != 0 && errno != ENOENT) {
      // The kernel's word for an owner that has no number in here says nothing to anybody.
      if (errno == EOVERFLOW) errno = EPERM;
      return report(job_failed("replacing " + file.at +
                               ", whose owner or group must be that of its project's folder"));
    }
    const Descriptor made(
        open(file.at.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.mode));
    if (!made.valid() || !write_all(made.get(), file.content.data(), file.content.size())) {
      return report(job_failed("writing " + file.at));
    }
    return true;
  }

  pid_t tell_warm(const Step& step) {
    const bool told = write_all(warm_message_.get(), step.message.data(), step.message.size());
    warm_message_.reset();
    if (told) return warm_;
    report(failed("talking to the interpreter"));
    return -1;
  }

  // Returns only in the parent: the child's pid, or -1 after a report.
  pid_t start(const Step& step, int third) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return report(failed("making a pipe")), -1;
    const Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    cell_.make_executable(step);
    const pid_t child = fork();
    if (child == 0) {
      const Failure failure = become(step, third);
      const bool sent = write_all(writing.get(), reinterpret_cast<const char*>(&failure.error),
                                  sizeof failure.error) &&
                        write_all(writing.get(), failure.what.data(), failure.what.size());
      _exit(sent ? 127 : 126);
    }
    if (child < 0) return report(failed("starting a process")), -1;
    writing.reset();
    return started(reading.get(), child);
  }

  // The pipe is closed by a successful execve and carries the reason of another.
  pid_t started(int reading, pid_t child) {
    int error = 0;
    char what[sizeof Report::what] = {};
    if (read(reading, &error, sizeof error) != sizeof error) return child;
    const ssize_t got = read(reading, what, sizeof what - 1);
    waitpid(child, nullptr, 0);
    report({std::string(what, got > 0 ? static_cast<size_t>(got) : 0), error, Fault::job});
    return -1;
  }

  // In the child: everything up to execve, which returns only to say why it failed.
  Failure become(const Step& step, int third) {
    if (!cell_.exists()) setsid();  // nothing leaves the process group of a cell
    int output = streams_.output.get();
    int errors = streams_.errors.get();
    if (!step.log.empty()) {
      const int log = open(step.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
      if (log < 0) return job_failed("opening " + step.log);
      output = errors = log;
    }
    // All of them are above 3: the helper keeps its own low numbers occupied.
    if (dup2(streams_.input.get(), 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0 ||
        (third >= 0 && dup2(third, warm_descriptor) < 0)) {
      return failed("connecting the standard streams");
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    if (chdir(step.folder.c_str()) != 0) return job_failed("entering " + step.folder);
    if (auto failure = limit_process(plan_.policy)) return *failure;
    if (cell_.exists()) {
      if (auto failure = cell_.enter()) return *failure;
      if (auto failure = load_filter(plan_.policy.tracing, Surroundings::shared)) return *failure;
    }
    const std::vector<char*> arguments = pointers(step.argv);
    std::vector<char*> environment = pointers(step.env);
    environ = environment.data();
    // Marked, not closed: the pipe must survive to report a failure.
    close_range(third >= 0 ? warm_descriptor + 1 : 3, ~0U, CLOSE_RANGE_CLOEXEC);
    execvpe(arguments[0], arguments.data(), environment.data());
    return job_failed("executing " + step.argv[0]);
  }

  // Reaps until `child` is gone. False: nobody waits for the result any more.
  bool wait_for(pid_t child, int& status) {
    for (;;) {
      for (int other = 0;;) {
        const pid_t gone = waitpid(-1, &other, WNOHANG);
        if (gone <= 0) break;
        if (gone == child) return status = other, true;
      }
      pollfd events[] = {{signals_.get(), POLLIN, 0}, {control_, POLLIN, 0}};
      if (poll(events, 2, -1) < 0 && errno != EINTR) return false;
      signalfd_siginfo ignored;
      while (read(signals_.get(), &ignored, sizeof ignored) > 0) continue;
      if (events[1].revents == 0) continue;
      unsigned char number = 0;
      if (recv(control_, &number, 1, MSG_DONTWAIT) != 1) return false;
      kill(child, number);
    }
  }

  const Plan& plan_;
  int control_;
  Streams streams_;
  const Cell& cell_;
  Descriptor signals_;
  Descriptor warm_message_;
  pid_t warm_ = 0;
};

// The job's memory file; nothing where the library went away.
std::optional<Job> receive_job(int control) {
  std::byte byte{};
  const auto message = receive_message(control, {&byte, 1});
  if (!message || message->descriptors.size() != 1) return std::nullopt;
  const auto bytes = read_all(message->descriptors[0].get());
  return bytes ? decode_job(*bytes) : std::nullopt;
}

}  // namespace

void send_report(int control, Report report, int descriptor) {
  send_message(control, std::as_bytes(std::span(&report, 1)),
               {&descriptor, descriptor < 0 ? size_t{0} : size_t{1}});
}

void send_failure(int control, const Failure& failure) {
  Report report{.kind = Report::Kind::failed, .fault = failure.fault, .status = failure.error};
  failure.what.copy(report.what, sizeof report.what - 1);
  send_report(control, report);
}

void serve_one_job(const Plan& plan, int control, Streams streams, uint32_t layers,
                   const Cell& cell) {
  signal(SIGPIPE, SIG_IGN);
  Init init(plan, control, std::move(streams), cell);
  if (!init.warm_up()) return;
  const std::string folder = cell.root() + policy::work_folder;
  Descriptor work(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!work.valid()) return send_failure(control, failed("opening the work folder"));
  Report ready{.kind = Report::Kind::ready, .layers = layers};
  cell.root().copy(ready.what, sizeof ready.what - 1);
  send_report(control, ready, work.get());
  work.reset();
  auto job = receive_job(control);
  if (!job) return;
  cell.move(*job);
  init.run(*job);
  init.clear();
}

}  // namespace sandbox::runner::helper
