#include "engine/session/scheduler.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/base/check.h"

namespace engine::session {
namespace {

using backend::block_tokens;
using backend::BlockId;

// Whether `sequence`, if it waits for this plan to be run, finds a block in the prefix cache that
// it would otherwise compute a second time.
bool is_being_computed(const BatchPlan& plan, const Sequence& sequence) {
  for (const Slice& slice : plan.slices()) {
    const auto& other = slice.sequence->tokens();
    const int reach = std::min({slice.end(), sequence.size(), sequence.logits_from()});
    const int blocks = reach / block_tokens;
    if (blocks <= sequence.next_block()) continue;
    if (std::equal(other.begin(), other.begin() + (sequence.next_block() + 1) * block_tokens,
                   sequence.tokens().begin())) {
      return true;
    }
  }
  return false;
}

}  // namespace

Scheduler::Scheduler(backend::Backend& backend, BatchSizes sizes, Drafts drafts,
                     std::unique_ptr<PrefixStore> store, KeepTimes keep_times)
    : backend_(backend),
      sizes_(sizes),
      pool_(backend.block_count()),
      cache_(pool_, store ? store->root() : PrefixKey{}),
      keeper_(std::move(store), keep_times, backend, pool_, cache_),
      speculation_(drafts) {
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

void Scheduler::submit(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    arrived_.push_back(std::move(job));
    any_arrived_ = true;
  }
  arrival_.notify_one();
}

void Scheduler::work() {
  while (!closing_) {
    take_in();
    end_stopped();
    Job* first = most_urgent();
    if (!first) {
      wait();
    } else if (!step(outer)) {
      // Only where one sequence needs more blocks than there are.
      first->end(EndReason::error, "the KV pool is too small for this request: raise kv_tokens");
      reap();
    }
  }
  take_in();
  end_all();
  keeper_.save_latest([] { return true; });
}

void Scheduler::wait() {
  const auto woken = [&] { return !arrived_.empty() || closing_; };
  std::unique_lock lock(mutex_);
  if (keeper_.active() && worked_) {
    if (arrival_.wait_for(lock, keeper_.idle_time(), woken)) return;
    lock.unlock();
    worked_ = !keeper_.save_latest([&] { return !any_arrived_ && !closing_; });
    lock.lock();
  }
  arrival_.wait(lock, woken);
}

void Scheduler::take_in() {
  if (!any_arrived_) return;
  std::vector<std::unique_ptr<Job>> arrived;
  {
    const std::lock_guard lock(mutex_);
    arrived.swap(arrived_);
    any_arrived_ = false;
  }
  for (auto& job : arrived) {
    if (!job->refusal().empty()) {
      job->end(EndReason::error, job->refusal());
      continue;
    }
    const auto place = std::upper_bound(
        jobs_.begin(), jobs_.end(), job,
        [](const auto& a, const auto& b) { return a->priority() < b->priority(); });
    jobs_.insert(place, std::move(job));
  }
}

void Scheduler::end_stopped() {
  bool any = false;
  for (const auto& job : jobs_) {
    if (!job->stop_requested() || job->ended()) continue;
    job->end(EndReason::stopped);
    any = true;
  }
  if (any) reap();
}

void Scheduler::end_all() {
  for (const auto& job : jobs_) job->end(EndReason::stopped);
  reap();
  INVARIANT(jobs_.empty());
}

// Ended jobs go, except while a run still writes to their blocks.
void Scheduler::reap() {
  std::erase_if(jobs_, [&](const std::unique_ptr<Job>& job) {
    auto& sequences = job->sequences();
    const bool in_use = std::any_of(sequences.begin(), sequences.end(),
                                    [](const Sequence& sequence) { return sequence.in_batch; });
    if (!job->ended() || in_use) return false;
    for (Sequence& sequence : sequences) sequence.retire(cache_);
    return true;
  });
}

Job* Scheduler::most_urgent() const {
  const auto first = std::find_if(jobs_.begin(), jobs_.end(),
                                  [](const std::unique_ptr<Job>& job) { return !job->ended(); });
  return first == jobs_.end() ? nullptr : first->get();
}

// Runs one batch of the most urgent jobs. False when nothing of them can be done.
bool Scheduler::step(Depth depth) {
  BatchPlan& plan = plans_[depth];
  const bool any_done = make_plan(plan);
  if (plan.empty()) {
    reap();
    return any_done;
  }

  const auto vocabulary = static_cast<size_t>(backend_.config().vocab_size);
  const size_t wanted = static_cast<size_t>(plan.rows()) * vocabulary;
  if (logits_[depth].size() < wanted) logits_[depth].resize(wanted);
  const auto logits = std::span<float>(logits_[depth]).first(wanted);

  const int64_t inner_steps = depth == inner ? ++inner_steps_ : inner_steps_;
  const auto start = std::chrono::steady_clock::now();
  const base::Result<backend::RunEnd> end =
      backend_.run(plan.batch(), logits, [this, depth] { return between_layers(depth); });
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  plan.release();
  if (!end) {
    for (const Slice& slice : plan.slices()) slice.job->end(EndReason::error, end.message());
  } else if (*end == backend::RunEnd::finished) {
    if (inner_steps == inner_steps_) learn(plan, took.count());
    deliver(plan, logits);
  }
  worked_ = true;
  reap();
  return true;
}

// True when something was done without computing anything: the prefix cache had all that a job
// wanted, or the disk gives what a text begins with.
bool Scheduler::make_plan(BatchPlan& plan) {
  const Priority priority = most_urgent()->priority();
  plan.start(priority, priority == Priority::keystroke ? sizes_.keystroke_tokens : sizes_.tokens);
  bool any_done = false;
  for (const auto& job : jobs_) {
    if (job->ended() || job->priority() != priority) continue;
    bool pending = false;
    for (Sequence& sequence : job->sequences()) {
      any_done = plan_sequence(plan, *job, sequence) || any_done;
      pending = pending || sequence.pending() > 0;
    }
    if (pending) continue;
    job->after_step(cache_);
    any_done = true;
  }
  add_drafts(plan);
  return any_done;
}

// Only as many as leave each row the bits that it has alone, in blocks that nobody else needs.
void Scheduler::add_drafts(BatchPlan& plan) {
  Speculation::Load load{plan.tokens(), 0};
  for (const Slice& slice : plan.slices()) load.expected += slice.ends_text() ? 1 : 0;
  for (Slice& slice : plan.slices()) {
    if (!slice.ends_text()) continue;
    Sequence& sequence = *slice.sequence;
    Drafting drafts = slice.job->draft(sequence, speculation_, load);
    stop_at_known_block(slice, drafts);
    const int end = slice.end() + static_cast<int>(drafts.tokens.size());
    while (sequence.table().size() * block_tokens < end) {
      const auto block = unused_block();
      if (!block) break;
      sequence.append_block(*block);
    }
    if (sequence.table().size() * block_tokens >= end) plan.add_drafts(slice, std::move(drafts));
  }
}

// A sequence that completes a block of which the tree has a copy already goes on from that copy,
// whose last bits may be others: it was computed in other batches. The same must hold with drafts.
void Scheduler::stop_at_known_block(const Slice& slice, Drafting& drafts) {
  Sequence& sequence = *slice.sequence;
  const int first = sequence.next_block() * block_tokens;
  const auto missing = static_cast<size_t>(std::max(0, first + block_tokens - slice.end()));
  if (missing >= drafts.tokens.size()) return;
  std::vector<Token> block(sequence.tokens().begin() + first, sequence.tokens().end());
  block.insert(block.end(), drafts.tokens.begin(),
               drafts.tokens.begin() + static_cast<std::ptrdiff_t>(missing));
  block.resize(block_tokens);
  if (cache_.find(sequence.next_parent(cache_), block)) drafts.keep(missing);
}

// True while there is more of it to be read from disk, which comes first.
bool Scheduler::plan_sequence(BatchPlan& plan, Job& job, Sequence& sequence) {
  if (sequence.pending() == 0 || plan.room_for(sequence) == 0) return false;
  if (sequence.pending() > 1) {
    sequence.adopt_blocks(cache_);
    if (keeper_.active()) job.begin();  // reading is part of its time
    if (keeper_.restore(sequence, [&] { return unused_block(); })) return true;
    if (is_being_computed(plan, sequence)) return false;
    copy_tail(sequence);
  }
  int end = sequence.computed() + plan.room_for(sequence);
  while (sequence.table().size() * block_tokens < end) {
    const auto block = allocate(sequence);
    if (!block) break;
    sequence.append_block(*block);
  }
  end = std::min(end, sequence.table().size() * block_tokens);
  if (end <= sequence.computed()) return false;
  job.begin();
  plan.add(job, sequence, end);
  return false;
}

// A block of which only the beginning agrees is copied: the original belongs to another text.
void Scheduler::copy_tail(Sequence& sequence) {
  const PrefixCache::Tail tail = sequence.find_tail(cache_);
  if (tail.tokens == 0) return;
  pool_.retain(tail.block);  // making room must not give it up
  if (sequence.table().size() == sequence.next_block()) {
    if (const auto block = allocate(sequence)) sequence.append_block(*block);
  }
  if (sequence.table().size() > sequence.next_block()) {
    const auto own = sequence.table().blocks()[static_cast<size_t>(sequence.next_block())];
    backend_.copy_block(tail.block, own);
    sequence.adopt_tail(tail);
  }
  pool_.release(tail.block);
}

std::optional<BlockId> Scheduler::unused_block() {
  for (;;) {
    if (const auto block = pool_.allocate()) return block;
    if (!cache_.evict([&](const auto& node) { keeper_.before_eviction(node); })) {
      return std::nullopt;
    }
  }
}

std::optional<BlockId> Scheduler::allocate(const Sequence& requester) {
  for (;;) {
    if (const auto block = unused_block()) return block;
    if (!preempt_after(requester)) return std::nullopt;
  }
}

// Takes the blocks of the last sequence in line that is not in a run. False when that would be the
// requester itself.
bool Scheduler::preempt_after(const Sequence& requester) {
  for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job) {
    auto& sequences = (*job)->sequences();
    for (auto sequence = sequences.rbegin(); sequence != sequences.rend(); ++sequence) {
      if (&*sequence == &requester) return false;
      if (sequence->in_batch || sequence->table().size() == 0) continue;
      sequence->retire(cache_);
      return true;
    }
  }
  return false;
}

// Asked by the backend; false ends its run.
bool Scheduler::between_layers(Depth depth) {
  take_in();
  end_stopped();
  const BatchPlan& plan = plans_[depth];
  const Job* first = most_urgent();
  if (first && first->priority() < plan.priority()) {
    // From inside the inner run there is no further one: it gives way.
    if (depth == inner || !serve_above(plan.priority())) return false;
  }
  return !closing_ && !plan.mostly_ended();
}

// Serves everything more urgent than `priority`. False when that needs the run around it to end.
bool Scheduler::serve_above(Priority priority) {
  for (const Job* first = most_urgent(); first && first->priority() < priority && !closing_;
       first = most_urgent()) {
    if (!step(inner)) return false;
  }
  return true;
}

void Scheduler::learn(const BatchPlan& plan, double ms) {
  if (plan.is_decode()) {
    speculation_.step_took(plan.tokens(), ms);
  } else if (plan.tokens() > backend::exact_rows) {
    keeper_.computed(plan.tokens(), ms);
  }
}

void Scheduler::deliver(const BatchPlan& plan, std::span<float> logits) {
  const auto vocabulary = static_cast<size_t>(backend_.config().vocab_size);
  for (const Slice& slice : plan.slices()) {
    logits = logits.subspan(deliver(slice, logits) * vocabulary);
  }
  const Job* done = nullptr;
  for (const Slice& slice : plan.slices()) {
    if (slice.job != done) slice.job->after_step(cache_);
    done = slice.job;
  }
}

// The rows of one slice, with which `rows` begins; returns how many there are. What follows a draft
// is of interest where the draft is what the job has just said.
size_t Scheduler::deliver(const Slice& slice, std::span<float> rows) {
  const auto vocabulary = static_cast<size_t>(backend_.config().vocab_size);
  Sequence& sequence = *slice.sequence;
  const std::vector<Token>& drafts = slice.drafts.tokens;
  slice.job->count_drafted(drafts.size());
  const int end = slice.end() + static_cast<int>(drafts.size());
  size_t row = 0;
  int right = 0;
  for (int i = std::max(slice.first, sequence.logits_from()); i < end; ++i, ++row) {
    if (i >= slice.end()) {
      const Token draft = drafts[static_cast<size_t>(i - slice.end())];
      if (i >= sequence.size() || sequence.tokens()[static_cast<size_t>(i)] != draft) continue;
      ++right;
      slice.job->count_accepted();
    }
    if (slice.job->stop_requested()) slice.job->end(EndReason::stopped);
    if (slice.job->ended()) continue;
    slice.job->take_logits(sequence, i, rows.subspan(row * vocabulary, vocabulary));
    sequence.logits_taken(i);
  }
  sequence.advance(slice.count + right, cache_);
  if (!drafts.empty()) speculation_.checked(slice.drafts, right);
  return row;
}

}  // namespace engine::session
