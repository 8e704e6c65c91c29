// A test double: it says when it was asked, and then when each of its pieces was made, in
// nanoseconds, one every so often, to any number of requests at once. So a client knows how long
// its request and each piece were on their way.
#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "tests/lsp/features/scripted_engine.h"

namespace support {

class PacedEngine : public lsp::features::ScriptedEngine {
 public:
  using Clock = std::chrono::steady_clock;
  using Request = engine::session::Request;
  using EndReason = engine::session::EndReason;

  explicit PacedEngine(std::chrono::microseconds pace) : pace_(pace) {
    thread_ = std::thread([this] { work(); });
  }
  ~PacedEngine() override {
    closing_ = true;
    thread_.join();
  }

  std::string padding;  // of each piece; set before the first request
  std::atomic<int> submitted{0};
  std::atomic<int> ended{0};
  std::atomic<int> stopped{0};  // of those ended
  std::atomic<size_t> most_at_once{0};
  std::atomic<uint64_t> last_partition{0};

  void submit(Request request, std::stop_token stop, engine::session::OnPiece on_piece,
              engine::session::OnEnd on_end) override {
    const std::lock_guard lock(mutex_);
    ++submitted;
    last_partition = request.partition;
    jobs_.push_back({std::move(request), std::move(stop), std::move(on_piece), std::move(on_end)});
    most_at_once = std::max(most_at_once.load(), jobs_.size());
  }

 private:
  struct Job {
    Request request;
    std::stop_token stop;
    engine::session::OnPiece on_piece;
    engine::session::OnEnd on_end;
    const Clock::time_point submitted = Clock::now();
    int said = 0;
  };

  void work() {
    while (!closing_) {
      const auto next = Clock::now() + pace_;
      {
        const std::lock_guard lock(mutex_);
        for (auto job = jobs_.begin(); job != jobs_.end();) {
          job = step(*job) ? std::next(job) : jobs_.erase(job);
        }
      }
      std::this_thread::sleep_until(next);
    }
    const std::lock_guard lock(mutex_);
    for (Job& job : jobs_) end(job, EndReason::stopped);
    jobs_.clear();
  }

  bool step(Job& job) {
    if (job.stop.stop_requested()) return end(job, EndReason::stopped);
    if (job.said == job.request.max_tokens) return end(job, EndReason::limit);
    ++job.said;
    const auto when = job.said == 1 ? job.submitted : Clock::now();
    const auto time = std::to_string(when.time_since_epoch().count());
    return job.on_piece({0, time + " " + padding, 0}) || end(job, EndReason::stopped);
  }

  bool end(Job& job, EndReason reason) {
    engine::session::Outcome outcome;
    outcome.reason = reason;
    outcome.prompt_tokens = static_cast<int>(job.request.prompt.size());
    outcome.generated_tokens = job.said;
    stopped += reason == EndReason::stopped ? 1 : 0;
    ++ended;
    job.on_end(outcome);
    return false;
  }

  const std::chrono::microseconds pace_;
  std::mutex mutex_;
  std::list<Job> jobs_;
  std::atomic<bool> closing_{false};
  std::thread thread_;
};

}  // namespace support
