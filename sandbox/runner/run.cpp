#include "sandbox/runner/run.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <list>
#include <mutex>
#include <semaphore>
#include <thread>

#include "sandbox/runner/keeper_process.h"
#include "sandbox/runner/run_loop.h"
#include "sandbox/runner/sandbox.h"

namespace sandbox::runner {
namespace {

namespace fs = std::filesystem;

// Beside an installed program, or where both were built.
std::string default_helper() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = program.parent_path() / "lemma-sandbox";
  return !error && fs::exists(beside, error) ? beside.string() : LEMMA_SANDBOX_HELPER;
}

// Sandboxes that wait for a job, a few for each of the plans used last.
class Pool {
 public:
  explicit Pool(size_t each) : each_(each) {}

  std::unique_ptr<Sandbox> take(const std::string& plan) {
    const std::lock_guard lock(mutex_);
    const auto shelf = find(plan);
    if (shelf == shelves_.end() || shelf->ready.empty()) return nullptr;
    auto taken = std::move(shelf->ready.front());
    shelf->ready.pop_front();
    return taken;
  }

  // How many sandboxes of this plan are missing; whoever asks makes them.
  size_t missing(const std::string& plan) {
    const std::lock_guard lock(mutex_);
    const auto shelf = find(plan);
    const size_t there = shelf == shelves_.end() ? 0 : shelf->ready.size();
    return there < each_ ? each_ - there : 0;
  }

  void put(const std::string& plan, std::unique_ptr<Sandbox> sandbox) {
    std::list<Shelf> dropped;  // destroyed without the lock: a sandbox waits for its end
    const std::lock_guard lock(mutex_);
    auto shelf = find(plan);
    if (shelf == shelves_.end()) shelf = shelves_.insert(shelves_.begin(), Shelf{plan, {}});
    shelves_.splice(shelves_.begin(), shelves_, shelf);
    shelf->ready.push_back(std::move(sandbox));
    if (shelves_.size() > max_plans) {
      dropped.splice(dropped.begin(), shelves_, std::prev(shelves_.end()));
    }
  }

 private:
  static constexpr size_t max_plans = 8;
  struct Shelf {
    std::string plan;
    std::deque<std::unique_ptr<Sandbox>> ready;
  };
  std::list<Shelf>::iterator find(const std::string& plan) {
    return std::find_if(shelves_.begin(), shelves_.end(),
                        [&](const Shelf& shelf) { return shelf.plan == plan; });
  }

  const size_t each_;
  std::mutex mutex_;
  std::list<Shelf> shelves_;  // the one used last is the first
};

// Does work that no caller needs to wait for, in order.
class Background {
 public:
  void push(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
    if (!thread_.joinable()) {
      thread_ = std::jthread([this](const std::stop_token& stop) { work_off(stop); });
    }
    wake_.notify_one();
  }

 private:
  // Until there is nothing left to do and nobody will bring more.
  void work_off(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
      const std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::function<void()>> waiting_;
  std::jthread thread_;
};

// Plans with the same key make the same sandbox. A folder that was replaced by another of its name
// is another: who waits with the old one would never see the new one's files.
std::string key_of(const Plan& plan) {
  std::string key = encode(plan);
  for (const policy::Tree& tree : plan.policy.trees) {
    struct stat status {};
    if (stat(tree.host.c_str(), &status) != 0) continue;
    key += std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) + " ";
  }
  return key;
}

using Turns = std::counting_semaphore<>;

class Turn {
 public:
  Turn(Turns& turns, const std::stop_token& stop) : turns_(turns) {
    constexpr std::chrono::milliseconds look_up{20};
    while (!mine_ && !stop.stop_requested()) mine_ = turns_.try_acquire_for(look_up);
  }
  ~Turn() {
    if (mine_) turns_.release();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool mine() const { return mine_; }

 private:
  Turns& turns_;
  bool mine_ = false;
};

Outcome not_run(Verdict verdict, std::string reason) {
  Outcome outcome;
  outcome.verdict = verdict;
  outcome.reason = std::move(reason);
  return outcome;
}

}  // namespace

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::failed:
      return "failed";
    case Verdict::crashed:
      return "crashed";
    case Verdict::timed_out:
      return "timed_out";
    case Verdict::out_of_memory:
      return "out_of_memory";
    case Verdict::output_limit:
      return "output_limit";
    case Verdict::refused:
      return "refused";
    case Verdict::could_not_start:
      return "could_not_start";
    case Verdict::cancelled:
      return "cancelled";
  }
  return "";
}

std::string without(std::string text, const std::string& root) {
  if (root.empty()) return text;
  for (size_t at = 0; (at = text.find(root, at)) != std::string::npos;) text.erase(at, root.size());
  return text;
}

class Runner::State {
 public:
  explicit State(Options options)
      : options_(std::move(options)),
        keeper_(options_.helper.empty() ? default_helper() : options_.helper),
        pool_(options_.ready),
        turns_(options_.at_once) {}

  Outcome run(const Request& request) {
    const Turn turn(turns_, request.stop);
    if (!turn.mine()) return not_run(Verdict::cancelled, "cancelled");
    std::string reasons;
    for (size_t at = backend_; at < options_.backends.size(); ++at) {
      Plan plan = request.plan;
      plan.backend = options_.backends[at];
      Outcome outcome = run_with(plan, request);
      if (outcome.verdict != Verdict::refused) {
        if (at != backend_) backend_ = at;
        return outcome;
      }
      reasons += (reasons.empty() ? "" : "; ") + outcome.reason;
    }
    return not_run(Verdict::refused, reasons +
                                         "; let this user make user namespaces (sysctl "
                                         "user.max_user_namespaces), or install bubblewrap");
  }

  void prepare(Plan plan) {
    plan.backend = options_.backends[backend_];
    const std::string key = key_of(plan);
    for (size_t missing = pool_.missing(key); missing > 0; --missing) {
      auto made = keeper_.make(plan);
      if (!made) return;
      pool_.put(key, std::move(*made));
    }
  }

 private:
  Outcome run_with(const Plan& plan, const Request& request) {
    const Clock::time_point begin = Clock::now();
    std::unique_ptr<Sandbox> sandbox = pool_.take(key_of(plan));
    if (!sandbox) {
      auto made = keeper_.make(plan);
      if (!made) return not_run(Verdict::could_not_start, made.message());
      sandbox = std::move(*made);
    }
    Outcome outcome = run_in(*sandbox, request, begin);
    // The plan names the secrets of a project, so that one who waits for another plan, made before
    // a secret came, is never taken for it. A copy of a project would grow old.
    const bool lasts =
        plan.backend == Backend::native ||
        std::none_of(plan.policy.trees.begin(), plan.policy.trees.end(),
                     [](const policy::Tree& tree) { return tree.view == policy::View::scratch; });
    const bool refill = lasts && outcome.verdict != Verdict::refused;
    background_.push([this, refill, plan, used = std::shared_ptr(std::move(sandbox))]() mutable {
      used.reset();  // which waits for its end
      if (refill) prepare(std::move(plan));
    });
    return outcome;
  }

  const Options options_;
  KeeperProcess keeper_;
  Pool pool_;
  Turns turns_;
  std::atomic<size_t> backend_{0};  // index of the one that is used
  Background background_;
};

Runner::Runner(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Runner::~Runner() = default;

Outcome Runner::run(const Request& request) { return state_->run(request); }
void Runner::prepare(const Plan& plan) { state_->prepare(plan); }

}  // namespace sandbox::runner
