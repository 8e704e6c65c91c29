// Decides what the backend computes next, on a thread of its own.
//
// One batch at a time, of the most urgent priority that has anything to compute; within it first
// come, first served: decodes and pieces of prompts share the batch up to its size. Between two
// layers of a run the scheduler looks up: stopped requests end at once, and more urgent ones are
// served from inside the run, which then goes on. That is one level deep; a still more urgent
// request that arrives meanwhile interrupts the inner run, whose tokens are computed again.
//
// A small batch is filled up with drafts (speculation.h), which never cost anybody a block.
//
// Memory: blocks come from the pool, else from what nobody uses in the prefix cache, else from the
// sequences last in line, which start over later (what they computed goes to the prefix cache, so
// usually little is lost). A sequence of a run in progress is never touched; if a more urgent
// request cannot go on without its blocks, the run is interrupted.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/block_pool.h"
#include "engine/session/batch_plan.h"
#include "engine/session/job.h"
#include "engine/session/prefix_cache.h"
#include "engine/session/prefix_keeper.h"

namespace engine::session {

struct BatchSizes {
  int tokens;            // of one batch
  int keystroke_tokens;  // of one batch of keystrokes
};

class Scheduler {
 public:
  // `store` (null: none) keeps prefixes on disk.
  Scheduler(backend::Backend& backend, BatchSizes sizes, Drafts drafts,
            std::unique_ptr<PrefixStore> store = nullptr, KeepTimes keep_times = {});
  ~Scheduler();  // ends every job; returns when each has told its caller

  backend::BlockPool& pool() { return pool_; }  // for the sequences of new jobs

  void submit(std::unique_ptr<Job> job);  // any thread

 private:
  enum Depth { outer, inner };  // a run, and a run from inside its keep_going

  void work();
  void wait();
  void take_in();
  void end_stopped();
  void end_all();
  void reap();
  Job* most_urgent() const;

  bool step(Depth depth);
  bool make_plan(BatchPlan& plan);
  bool plan_sequence(BatchPlan& plan, Job& job, Sequence& sequence);
  void add_drafts(BatchPlan& plan);
  void stop_at_known_block(const Slice& slice, Drafting& drafts);
  void copy_tail(Sequence& sequence);
  std::optional<backend::BlockId> unused_block();
  std::optional<backend::BlockId> allocate(const Sequence& requester);
  bool preempt_after(const Sequence& requester);
  bool between_layers(Depth depth);
  bool serve_above(Priority priority);
  void learn(const BatchPlan& plan, double ms);
  void deliver(const BatchPlan& plan, std::span<float> logits);
  size_t deliver(const Slice& slice, std::span<float> rows);

  // Any thread.
  std::mutex mutex_;
  std::condition_variable arrival_;
  std::vector<std::unique_ptr<Job>> arrived_;  // guarded by mutex_
  std::atomic<bool> any_arrived_{false};       // written under mutex_
  std::atomic<bool> closing_{false};           // written under mutex_

  // The engine's thread alone.
  backend::Backend& backend_;
  const BatchSizes sizes_;
  backend::BlockPool pool_;
  PrefixCache cache_;
  PrefixKeeper keeper_;
  Speculation speculation_;
  std::vector<std::unique_ptr<Job>> jobs_;  // most urgent first, then in order of arrival
  std::array<BatchPlan, 2> plans_;          // [Depth]
  std::array<std::vector<float>, 2> logits_;
  int64_t inner_steps_ = 0;
  bool worked_ = false;  // since the last rest

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace engine::session
