#include "engine/session/scheduler.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace engine::session {

Scheduler::Scheduler(std::vector<Lane*> lanes) : lanes_(std::move(lanes)) {
  thread_ = std::thread([this] { work(); });
}

Scheduler::~Scheduler() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  arrival_.notify_one();
  thread_.join();
}

void Scheduler::submit(Lane& lane, std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    arrived_.push_back({&lane, std::move(job)});
    any_arrived_ = true;
  }
  arrival_.notify_one();
}

std::chrono::milliseconds Scheduler::silent_for() const {
  const auto last = last_sign_.load();
  if (last == std::chrono::steady_clock::time_point()) return {};
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               last);
}

void Scheduler::work() {
  while (!closing_) {
    take_in();
    for (Lane* lane : lanes_) lane->end_stopped();
    Lane* const lane = most_urgent();
    if (!lane) {
      if (!begin_refresh()) wait();
      continue;
    }
    Job* const first = lane->most_urgent();
    last_sign_ = std::chrono::steady_clock::now();
    const bool stepped = step(outer, *lane);
    last_sign_ = std::chrono::steady_clock::time_point();
    if (!stepped) {
      // Only where one sequence needs more blocks than there are.
      first->end(EndReason::error,
                 "the KV cache is too small for this request: shorten its prompt");
      lane->reap();
    }
  }
  take_in();
  for (Lane* lane : lanes_) lane->end_all();
  for (Lane* lane : lanes_) lane->save_latest([] { return true; });
}

bool Scheduler::begin_refresh() {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [](Lane* lane) { return lane->begin_refresh(); });
}

void Scheduler::wait() {
  const auto woken = [&] { return !arrived_.empty() || closing_; };
  std::unique_lock lock(mutex_);
  for (Lane* lane : lanes_) {
    const auto time = lane->time_to_save();
    if (!time) continue;
    if (arrival_.wait_for(lock, *time, woken)) return;
    lock.unlock();
    lane->save_latest([&] { return !any_arrived_ && !closing_; });
    lock.lock();
  }
  arrival_.wait(lock, woken);
}

void Scheduler::take_in() {
  if (!any_arrived_) return;
  std::vector<Arrival> arrived;
  {
    const std::lock_guard lock(mutex_);
    arrived.swap(arrived_);
    any_arrived_ = false;
  }
  for (auto& [lane, job] : arrived) {
    if (job->refusal().empty()) {
      lane->add(std::move(job));
    } else {
      job->end(EndReason::error, job->refusal());
    }
  }
}

// The lane with the most urgent request, of several the one whose last step is longest ago.
Lane* Scheduler::most_urgent() {
  Lane* best = nullptr;
  Priority priority = Priority::background;
  for (size_t i = 1; i <= lanes_.size(); ++i) {
    Lane* const lane = lanes_[(last_ + i) % lanes_.size()];
    const Job* const job = lane->most_urgent();
    if (!job || (best && job->priority() >= priority)) continue;
    best = lane;
    priority = job->priority();
  }
  return best;
}

// Runs one batch of the lane's most urgent jobs. False when nothing of them can be done.
bool Scheduler::step(Depth depth, Lane& lane) {
  last_ = static_cast<size_t>(std::find(lanes_.begin(), lanes_.end(), &lane) - lanes_.begin());
  BatchPlan& plan = plans_[depth];
  const bool any_done = lane.make_plan(plan);
  const bool any_planned = !plan.empty();
  if (any_planned) lane.run(plan, logits_[depth], [this, depth] { return between_layers(depth); });
  lane.reap();
  return any_done || any_planned;
}

// Asked by the backend; false ends its run.
bool Scheduler::between_layers(Depth depth) {
  last_sign_ = std::chrono::steady_clock::now();
  take_in();
  for (Lane* lane : lanes_) lane->end_stopped();
  const BatchPlan& plan = plans_[depth];
  const Lane* const lane = most_urgent();
  if (lane && lane->most_urgent()->priority() < plan.priority()) {
    // From inside the inner run there is no further one: it gives way.
    if (depth == inner || !serve_above(plan.priority())) return false;
  }
  return !closing_ && !plan.mostly_ended();
}

// Serves everything more urgent than `priority` from inside the outer run. False when that needs
// the run to end.
bool Scheduler::serve_above(Priority priority) {
  plans_[outer].mark_overtaken();
  for (Lane* lane = most_urgent(); lane && lane->most_urgent()->priority() < priority && !closing_;
       lane = most_urgent()) {
    if (!step(inner, *lane)) return false;
  }
  return true;
}

}  // namespace engine::session
