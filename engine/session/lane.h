// One model's side of the scheduler: its requests, its KV blocks, and what it learns from its
// steps. The scheduler says which lane computes next; the lane says what.
//
// One batch at a time, of the most urgent priority that has anything to compute; within it first
// come, first served: decodes and pieces of prompts share the batch up to its size. A small batch
// is filled up with drafts (speculation.h), which never cost anybody a block.
//
// Memory: blocks come from the pool, else from what nobody uses in the prefix cache, else from the
// sequences last in line, which start over later (what they computed goes to the prefix cache, so
// usually little is lost). A sequence of a run in progress is never touched.
//
// Shift: where a keystroke's prompt goes on with text that is in the tree at other positions, since
// a line came in above it or the window slid, the cells of that text are copied and their keys
// turned (backend::Backend::copy_cells). That is an approximation, since they know what stood
// before them then: it belongs to that request alone, is never found by others nor written to disk,
// and its text is computed exactly as soon as there is nothing else to do.
//
// Not thread-safe: owned by the engine's thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/block_pool.h"
#include "engine/session/batch_plan.h"
#include "engine/session/common_runs.h"
#include "engine/session/job.h"
#include "engine/session/predictor.h"
#include "engine/session/prefix_cache.h"
#include "engine/session/prefix_keeper.h"

namespace engine::session {

struct BatchSizes {
  int tokens;            // of one batch
  int keystroke_tokens;  // of one batch of keystrokes
};

// Fewer tokens are computed in the batch that comes anyway.
inline constexpr int least_shifted = 32;

class Lane {
 public:
  // `store` (null: none) keeps prefixes on disk.
  Lane(backend::Backend& backend, BatchSizes sizes, Drafts drafts, Shifts shifts,
       std::unique_ptr<PrefixStore> store, KeepTimes keep_times);

  backend::BlockPool& pool() { return pool_; }  // for the sequences of new jobs

  void add(std::unique_ptr<Job> job);  // behind those that are as urgent
  Job* most_urgent() const;            // null: nothing to do
  void end_stopped();
  void end_all();
  // Ended jobs go, except while a run still writes to their blocks.
  void reap();

  // What to compute next for the most urgent jobs. True when something was done without computing
  // anything: the prefix cache had all that a job wanted, or the disk gives what a text begins
  // with. With an empty plan and false nothing can be done before blocks are free.
  bool make_plan(BatchPlan& plan);
  // Runs the plan and tells its jobs. `logits` is room, made larger where it does not suffice.
  void run(BatchPlan& plan, std::vector<float>& logits, const backend::KeepGoing& keep_going);

  // The latest text is saved once there was no work for some time; none: nothing is to be saved.
  std::optional<std::chrono::milliseconds> time_to_save() const;
  void save_latest(const std::function<bool()>& keep_going);

  // Nobody wants anything: the text whose cells were approximations last is to be computed. False
  // where there is none.
  bool begin_refresh();

 private:
  bool plan_sequence(BatchPlan& plan, Job& job, Sequence& sequence);
  int plan_tokens(BatchPlan& plan, Job& job, Sequence& sequence, int first);
  void add_drafts(BatchPlan& plan);
  void stop_at_known_block(const Slice& slice, Drafting& drafts);
  void copy_tail(Sequence& sequence);
  void shift(Sequence& sequence);
  void copy_runs(Sequence& sequence, const PrefixCache::Text& text,
                 const std::vector<CommonRun>& runs);
  std::optional<backend::BlockId> unused_block();
  std::optional<backend::BlockId> allocate(const Sequence& requester);
  bool preempt_after(const Sequence& requester);
  void learn(const BatchPlan& plan, double ms);
  void deliver(BatchPlan& plan, std::span<float> logits);
  size_t deliver(BatchPlan& plan, Slice& slice, size_t first_row, std::span<float> rows);

  backend::Backend& backend_;
  const BatchSizes sizes_;
  const bool shifts_;
  backend::BlockPool pool_;
  PrefixCache cache_;
  PrefixKeeper keeper_;
  Speculation speculation_;
  Predictor predictor_;
  std::vector<std::unique_ptr<Job>> jobs_;  // most urgent first, then in order of arrival
  std::vector<Token> stale_;                // the text to be refreshed
  bool unsaved_ = false;                    // worked since the latest text was saved
};

}  // namespace engine::session
