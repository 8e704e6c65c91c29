#include "sandbox/runner/run_loop.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/format.h"
#include "sandbox/runner/memory_watch.h"
#include "sandbox/runner/read_back.h"

namespace sandbox::runner {
namespace {

using engine::base::concat;
using std::chrono::milliseconds;

constexpr milliseconds memory_interval{20};
// What a killed process may take to disappear; longer means that the kernel cannot end it.
constexpr milliseconds patience{5000};

class RunLoop {
 public:
  RunLoop(Sandbox& sandbox, const Request& request, Clock::time_point begin)
      : sandbox_(sandbox),
        request_(request),
        limits_(request.plan.policy.limits),
        begin_(begin),
        deadline_(begin + milliseconds(request.deadline_ms)),
        stop_event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        on_stop_(request.stop, Wake{stop_event_.get()}) {
    outcome_.output = Capture(limits_.kept_bytes);
    outcome_.errors = Capture(limits_.kept_bytes);
  }

  Outcome run() {
    if (auto sent = sandbox_.dispatch(request_.job, request_.input); !sent) {
      finish(Verdict::could_not_start, sent.message());
    }
    while (!(verdict_ && streams_ended() && dead())) {
      wait();
      hear_sandbox();
      read_stream(sandbox_.output(), Stream::output, output_open_);
      read_stream(sandbox_.errors(), Stream::errors, errors_open_);
      check_limits();
      if (verdict_ && Clock::now() >= killed_ + patience) break;
    }
    outcome_.verdict = *verdict_;
    // Then nobody else has written there than bubblewrap.
    if (*verdict_ == Verdict::refused && outcome_.errors.bytes() > 0) {
      outcome_.reason += ": " + outcome_.errors.text();
      while (outcome_.reason.ends_with('\n')) outcome_.reason.pop_back();
    }
    if (dead()) read_results();
    outcome_.ms = std::chrono::duration<double, std::milli>(Clock::now() - begin_).count();
    report_limits();
    return std::move(outcome_);
  }

 private:
  struct Wake {
    int event;
    void operator()() const noexcept { eventfd_write(event, 1); }
  };

  // The first reason counts; whatever is still alive ends now.
  void finish(Verdict verdict, std::string reason) {
    if (verdict_) return;
    settle(verdict, std::move(reason));
    sandbox_.kill();
  }
  void settle(Verdict verdict, std::string reason) {
    verdict_ = verdict;
    outcome_.reason = std::move(reason);
    killed_ = Clock::now();
  }
  // By itself, and then init ends what it has left. A failure may be the kernel's doing, which the
  // keeper tells when all of the cgroup has ended.
  void finish_by_itself(Verdict verdict) {
    settle(verdict, "");
    if (is_reduced() || keeper_may_know_more()) sandbox_.kill();
  }
  bool is_reduced() const { return sandbox_.backend() == Backend::reduced; }
  bool keeper_may_know_more() const {
    return (sandbox_.layers() & layer_cgroup) != 0 && verdict_ != Verdict::passed;
  }
  void lose_sandbox() {
    gone_ = true;
    finish(Verdict::could_not_start, "the sandbox ended before its program did");
  }

  bool streams_ended() const { return !output_open_ && !errors_open_; }
  bool dead() { return gone_ && (sandbox_.is_empty() || sandbox_.wait_for_end(0)); }

  Clock::time_point next_event() const {
    if (verdict_) return killed_ + patience;
    Clock::time_point next = deadline_;
    if (!nudged_ && request_.nudge) next = std::min(next, nudge_time());
    if (started_) next = std::min(next, memory_check_);
    return next;
  }
  Clock::time_point nudge_time() const {
    return deadline_ - milliseconds(request_.nudge->before_ms);
  }

  void wait() {
    const auto left = std::chrono::ceil<milliseconds>(next_event() - Clock::now()).count();
    pollfd events[] = {{output_open_ ? sandbox_.output() : -1, POLLIN, 0},
                       {errors_open_ ? sandbox_.errors() : -1, POLLIN, 0},
                       {gone_ ? -1 : sandbox_.control(), POLLIN, 0},
                       {verdict_ && gone_ ? sandbox_.pidfd() : -1, POLLIN, 0},
                       {verdict_ ? -1 : stop_event_.get(), POLLIN, 0}};
    poll(events, std::size(events), static_cast<int>(std::max<int64_t>(left, 0)));
    if ((events[4].revents & POLLIN) != 0) finish(Verdict::cancelled, "cancelled");
  }

  void hear_sandbox() {
    while (!gone_) {
      const Sandbox::News news = sandbox_.listen();
      if (news.gone == Sandbox::Gone::yes) {
        if (!started_ && sandbox_.backend() == Backend::bubblewrap) {
          finish(Verdict::refused, "bubblewrap cannot make a sandbox here");
        }
        lose_sandbox();
      } else if (news.report) {
        hear(*news.report);
      } else {
        return;
      }
    }
  }

  void hear(const Report& report) {
    if (report.kind == Report::Kind::made && verdict_) sandbox_.kill();
    if (report.kind == Report::Kind::ready) {
      started_ = true;
      available_at_start_ = available_bytes();
      shared_at_start_ = shared_bytes();
      memory_check_ = Clock::now() + memory_interval;
    }
    if (report.kind == Report::Kind::failed) {
      finish(report.fault == Fault::machine ? Verdict::refused : Verdict::could_not_start,
             failure_sentence(report));
    }
    if (report.kind == Report::Kind::ended) hear_end(report);
    if (report.kind == Report::Kind::out_of_memory) hear_out_of_memory();
    const bool over = report.kind == Report::Kind::over;
    if (over && (is_reduced() || !keeper_may_know_more())) lose_sandbox();
  }

  // The kernel ends all of a sandbox, or one process of it and the helper the others: the program
  // may have ended meanwhile in any way.
  void hear_out_of_memory() {
    const bool own_end =
        verdict_ == Verdict::passed || verdict_ == Verdict::failed || verdict_ == Verdict::crashed;
    if (verdict_ && !own_end) return;
    verdict_.reset();
    outcome_.signal = 0;
    outcome_.exit_code = -1;
    finish(Verdict::out_of_memory,
           concat("it used more than ", limits_.memory_bytes >> 20,
                  " MiB besides its files, what the kernel holds for it included"));
  }

  void hear_end(const Report& report) {
    if (verdict_) return;
    outcome_.step = report.step;
    const bool last = report.step + 1 == request_.job.steps.size();
    if (WIFSIGNALED(report.status)) {
      outcome_.signal = WTERMSIG(report.status);
      finish_by_itself(Verdict::crashed);
    } else {
      outcome_.exit_code = WEXITSTATUS(report.status);
      if (outcome_.exit_code != 0) finish_by_itself(Verdict::failed);
      if (outcome_.exit_code == 0 && last) finish_by_itself(Verdict::passed);
      if (outcome_.exit_code == 0 && !last) {
        outcome_.step = report.step + 1;
        outcome_.exit_code = -1;
      }
    }
  }

  static std::string failure_sentence(const Report& report) {
    const std::string reason = concat(report.what, ": ", std::strerror(report.status));
    if (report.fault == Fault::machine) return "no sandbox can be made here: " + reason;
    if (report.status == ENOSPC) {
      return reason + "; the files of this run are larger than its limit of scratch memory";
    }
    return reason;
  }

  void read_stream(int descriptor, Stream stream, bool& open) {
    char buffer[65536];
    // Bounded, so that a flood cannot keep the deadline from being looked at.
    for (int i = 0; open && i < 64; ++i) {
      const ssize_t got = read(descriptor, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) {
        open = false;
        return;
      }
      const std::string_view bytes(buffer, static_cast<size_t>(got));
      (stream == Stream::output ? outcome_.output : outcome_.errors).append(bytes);
      tell(stream, bytes);
    }
  }

  // What the program writes: not what bubblewrap says of a sandbox that it cannot make.
  void tell(Stream stream, std::string_view bytes) {
    if (!request_.heard) return;
    if (!started_) hear_sandbox();  // says that it is ready before the program's first byte
    if (started_) request_.heard(stream, bytes, sandbox_.root());
  }

  void check_limits() {
    if (verdict_) return;
    const Clock::time_point now = Clock::now();
    if (outcome_.output.bytes() + outcome_.errors.bytes() > limits_.output_bytes) {
      return finish(Verdict::output_limit, concat("it wrote more than ", limits_.output_bytes,
                                                  " bytes; its end is what it had written then"));
    }
    if (now >= deadline_) {
      return finish(Verdict::timed_out, concat("still running after ", request_.deadline_ms,
                                               " ms; it never ends, or needs a later deadline"));
    }
    if (request_.nudge && !nudged_ && now >= nudge_time()) {
      nudged_ = true;
      sandbox_.signal(request_.nudge->signal);
    }
    if (!started_ || now < memory_check_) return;
    memory_check_ = now + memory_interval;
    check_memory();
  }

  void check_memory() {
    // Its files are shared memory, too. Others may make some meanwhile, so that a run without any
    // of its own is not to blame.
    const uint64_t most_shared = shared_at_start_ + limits_.memory_bytes + limits_.scratch_bytes;
    if (resident_bytes(sandbox_.pid(), limits_.memory_bytes) > limits_.memory_bytes ||
        (shared_bytes() > most_shared && holds_shared_memory(sandbox_.pid()))) {
      return finish(Verdict::out_of_memory,
                    concat("its processes used more than ", limits_.memory_bytes >> 20, " MiB"));
    }
    // What the kernel holds for a run, as in sockets, belongs to no process. A run that has not
    // taken much since it started is not to blame for a machine that is full.
    const uint64_t available = available_bytes();
    if (available < limits_.spare_bytes &&
        available + limits_.memory_bytes / 4 < available_at_start_) {
      finish(Verdict::out_of_memory, concat("it left less than ", limits_.spare_bytes >> 20,
                                            " MiB of this machine's memory available"));
    }
  }

  void read_results() {
    outcome_.root = sandbox_.root();
    for (const std::string& path : request_.results) {
      auto result = read_back(sandbox_.work_folder(), path, request_.result_bytes);
      if (result) *result = without(*result, outcome_.root);
      outcome_.results.emplace(path, std::move(result));
    }
  }

  void report_limits() {
    const std::string watched = "watched";
    const bool native = sandbox_.backend() == Backend::native;
    const bool reduced = sandbox_.backend() == Backend::reduced;
    const bool grouped = (sandbox_.layers() & layer_cgroup) != 0;
    outcome_.limits = {
        {"deadline_ms", {request_.deadline_ms, watched}},
        {"memory_bytes",
         {limits_.memory_bytes,
          grouped ? "kernel, together with scratch memory; watched by itself"
                  : "watched; what only the kernel holds, as in pipes and sockets, "
                    "is not enforced: no memory cgroup is delegated"}},
        {"spare_bytes", {limits_.spare_bytes, watched}},
        {"output_bytes", {limits_.output_bytes, watched}},
        {"scratch_bytes",
         {limits_.scratch_bytes, native ? "kernel"
                                 : reduced
                                     ? "kernel, for each file; not enforced for all together: "
                                       "they lie in the host's /tmp"
                                     : "kernel, for each writable folder by itself"}},
        {"scratch_files",
         {limits_.scratch_files, native    ? "kernel"
                                 : reduced ? "not enforced: they lie in the host's /tmp"
                                           : "not enforced: bubblewrap sets no limit of files"}},
        {"processes",
         {limits_.processes,
          reduced ? "kernel, beyond those that this user ran when it started" : "kernel"}},
        {"open_files", {limits_.open_files, "kernel"}},
    };
    const std::pair<uint32_t, const char*> names[] = {
        {layer_landlock, "reduced: files, signals and tracing by Landlock, without namespaces"},
        {layer_process_group, "a process group that nothing leaves"},
        {layer_user_namespace, "user namespace"},
        {layer_other_namespaces, "mount, pid, net, ipc, uts and cgroup namespaces"},
        {layer_root, "root of its own"},
        {layer_overlay, "host folders through overlays"},
        {layer_seccomp, "system call filter"},
        {layer_capabilities, "no capabilities, no new privileges"},
        {layer_cgroup, "memory and process limits of a cgroup"},
        {layer_bubblewrap, "made by bubblewrap: host folders as read-only mounts"}};
    for (const auto& [layer, name] : names) {
      if ((sandbox_.layers() & layer) != 0) outcome_.layers.emplace_back(name);
    }
  }

  Sandbox& sandbox_;
  const Request& request_;
  const policy::Limits& limits_;
  const Clock::time_point begin_;
  const Clock::time_point deadline_;
  Clock::time_point memory_check_;
  Clock::time_point killed_;
  Outcome outcome_;
  std::optional<Verdict> verdict_;
  uint64_t available_at_start_ = 0;
  uint64_t shared_at_start_ = 0;
  bool started_ = false;
  bool nudged_ = false;
  bool gone_ = false;
  bool output_open_ = true;
  bool errors_open_ = true;
  UniqueDescriptor stop_event_;
  std::stop_callback<Wake> on_stop_;
};

}  // namespace

Outcome run_in(Sandbox& sandbox, const Request& request, Clock::time_point begin) {
  return RunLoop(sandbox, request, begin).run();
}

}  // namespace sandbox::runner
