#include "engine/session/lane.h"

#include <algorithm>
#include <new>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/format.h"
#include "engine/session/refresh.h"

namespace engine::session {
namespace {

using backend::block_tokens;
using backend::BlockId;

// That a prompt may share text with: of a few documents, and of their last edits.
constexpr size_t recent_texts = 4;

// Whether `sequence`, if it waits for this plan to be run, finds a block in the prefix cache that
// it would otherwise compute a second time.
bool is_being_computed(const BatchPlan& plan, const Sequence& sequence) {
  for (const Slice& slice : plan.slices()) {
    if (!slice.sequence->is_exact() || slice.sequence->partition() != sequence.partition()) {
      continue;
    }
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

Lane::Lane(backend::Backend& backend, BatchSizes sizes, Drafts drafts, Shifts shifts,
           std::unique_ptr<PrefixStore> store, KeepTimes keep_times)
    : backend_(backend),
      sizes_(sizes),
      shifts_(shifts == Shifts::for_keystrokes && backend.shifts()),
      pool_(backend.block_count()),
      cache_(pool_, store ? store->root() : PrefixKey{}),
      keeper_(std::move(store), keep_times, backend, pool_, cache_),
      speculation_(drafts),
      predictor_(backend) {}

void Lane::add(std::unique_ptr<Job> job) {
  const auto place =
      std::upper_bound(jobs_.begin(), jobs_.end(), job,
                       [](const auto& a, const auto& b) { return a->priority() < b->priority(); });
  jobs_.insert(place, std::move(job));
}

Job* Lane::most_urgent() const {
  const auto first = std::find_if(jobs_.begin(), jobs_.end(),
                                  [](const std::unique_ptr<Job>& job) { return !job->ended(); });
  return first == jobs_.end() ? nullptr : first->get();
}

void Lane::end_stopped() {
  bool any = false;
  for (const auto& job : jobs_) {
    if (!job->stop_requested() || job->ended()) continue;
    job->end(EndReason::stopped);
    any = true;
  }
  if (any) reap();
}

void Lane::end_all() {
  for (const auto& job : jobs_) job->end(EndReason::stopped);
  reap();
  INVARIANT(jobs_.empty());
}

void Lane::reap() {
  std::erase_if(jobs_, [&](const std::unique_ptr<Job>& job) {
    auto& sequences = job->sequences();
    const bool in_use = std::any_of(sequences.begin(), sequences.end(),
                                    [](const Sequence& sequence) { return sequence.in_batch; });
    if (!job->ended() || in_use) return false;
    for (Sequence& sequence : sequences) {
      if (const int end = sequence.copies_end(); end > 0) {
        stale_.assign(sequence.tokens().begin(), sequence.tokens().begin() + end);
      }
      sequence.retire(cache_);
    }
    return true;
  });
}

bool Lane::begin_refresh() {
  if (stale_.empty()) return false;
  add(std::make_unique<Refresh>(pool_, std::exchange(stale_, {})));
  return true;
}

void Lane::run(BatchPlan& plan, std::vector<float>& logits, const backend::KeepGoing& keep_going) {
  const auto vocabulary = static_cast<size_t>(backend_.config().vocab_size);
  const size_t wanted = static_cast<size_t>(plan.rows()) * vocabulary;
  std::span<float> rows;

  const auto start = std::chrono::steady_clock::now();
  const auto compute = [&]() -> base::Result<backend::RunEnd> {
    try {
      if (logits.size() < wanted) logits.resize(wanted);
      rows = std::span<float>(logits).first(wanted);
      return backend_.run(plan.batch(), rows, keep_going);
    } catch (const std::bad_alloc&) {  // the request's misfortune, not everybody's
      return base::fail("there is no memory left for this request");
    }
  };
  const base::Result<backend::RunEnd> end = compute();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  plan.release();
  if (!end) {
    for (const Slice& slice : plan.slices()) slice.job->end(EndReason::error, end.message());
  } else if (*end == backend::RunEnd::finished) {
    if (!plan.overtaken()) learn(plan, took.count());
    deliver(plan, rows);
  }
  unsaved_ = true;
}

std::optional<std::chrono::milliseconds> Lane::time_to_save() const {
  if (!keeper_.active() || !unsaved_) return std::nullopt;
  return keeper_.idle_time();
}

void Lane::save_latest(const std::function<bool()>& keep_going) {
  unsaved_ = !keeper_.save_latest(keep_going);
}

bool Lane::make_plan(BatchPlan& plan) {
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
void Lane::add_drafts(BatchPlan& plan) {
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
void Lane::stop_at_known_block(const Slice& slice, Drafting& drafts) {
  Sequence& sequence = *slice.sequence;
  if (!sequence.is_exact()) return;
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
bool Lane::plan_sequence(BatchPlan& plan, Job& job, Sequence& sequence) {
  if (sequence.pending() == 0 || plan.room_for(sequence, sequence.computed()) == 0) return false;
  if (sequence.pending() > 1 && sequence.is_exact()) {
    sequence.adopt_blocks(cache_);
    if (keeper_.active()) job.begin();  // reading is part of its time
    if (keeper_.restore(sequence, [&] { return unused_block(); })) return true;
    if (is_being_computed(plan, sequence)) return false;
    copy_tail(sequence);
    if (shifts_ && job.may_shift()) shift(sequence);
  }
  for (int first = sequence.computed(); first < sequence.size();) {
    const int end = plan_tokens(plan, job, sequence, first);
    if (end < sequence.gap_end(first)) break;
    first = sequence.after_copies(end);
  }
  return false;
}

// The tokens from index `first` on, up to such as are known; returns where the planned ones end.
int Lane::plan_tokens(BatchPlan& plan, Job& job, Sequence& sequence, int first) {
  int end = std::min(first + plan.room_for(sequence, first), sequence.gap_end(first));
  while (sequence.table().size() * block_tokens < end) {
    const auto block = allocate(sequence);
    if (!block) break;
    sequence.append_block(*block);
  }
  end = std::min(end, sequence.table().size() * block_tokens);
  if (end <= first) return first;
  job.begin();
  plan.add(job, sequence, first, end);
  return end;
}

// What the sequence has in common with the text that has the most of it.
void Lane::shift(Sequence& sequence) {
  if (sequence.cacheable() - sequence.computed() < least_shifted) return;
  PrefixCache::Text best;
  std::vector<CommonRun> best_runs;
  int most = 0;
  for (PrefixCache::Text& text : cache_.recent(recent_texts)) {
    auto runs = common_runs(text.tokens, sequence.tokens(), sequence.computed(),
                            sequence.cacheable(), least_shifted);
    int tokens = 0;
    for (const CommonRun& run : runs) tokens += run.count;
    if (tokens <= most) continue;
    most = tokens;
    best = std::move(text);
    best_runs = std::move(runs);
  }
  if (most > 0) copy_runs(sequence, best, best_runs);
}

void Lane::copy_runs(Sequence& sequence, const PrefixCache::Text& text,
                     const std::vector<CommonRun>& runs) {
  const int end = runs.back().to + runs.back().count;
  for (const BlockId block : text.blocks) pool_.retain(block);  // making room must not give it up
  while (sequence.table().size() * block_tokens < end) {
    const auto block = unused_block();
    if (!block) break;
    sequence.append_block(*block);
  }
  if (sequence.table().size() * block_tokens >= end) {
    std::vector<Sequence::Copied> copied;
    for (const CommonRun& run : runs) {
      const backend::Place to{sequence.table().blocks(), run.to};
      if (!backend_.copy_cells({text.blocks, run.from}, to, run.count)) break;  // it is computed
      copied.push_back({run.to, run.to + run.count});
    }
    sequence.adopt_copies(std::move(copied));
  }
  for (const BlockId block : text.blocks) pool_.release(block);
}

// A block of which only the beginning agrees is copied: the original belongs to another text.
void Lane::copy_tail(Sequence& sequence) {
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

std::optional<BlockId> Lane::unused_block() {
  for (;;) {
    if (const auto block = pool_.allocate()) return block;
    if (!cache_.evict([&](const auto& node) { keeper_.before_eviction(node); })) {
      return std::nullopt;
    }
  }
}

std::optional<BlockId> Lane::allocate(const Sequence& requester) {
  for (;;) {
    if (const auto block = unused_block()) return block;
    if (!preempt_after(requester)) return std::nullopt;
  }
}

// Takes the blocks of the last sequence in line that is not in a run. False when that would be the
// requester itself.
bool Lane::preempt_after(const Sequence& requester) {
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

void Lane::learn(const BatchPlan& plan, double ms) {
  if (plan.is_decode()) {
    speculation_.step_took(plan.tokens(), ms);
  } else if (plan.tokens() > backend::exact_rows) {
    keeper_.computed(plan.tokens(), ms);
  }
}

void Lane::deliver(BatchPlan& plan, std::span<float> logits) {
  const auto vocabulary = static_cast<size_t>(backend_.config().vocab_size);
  size_t row = 0;
  for (Slice& slice : plan.slices())
    row += deliver(plan, slice, row, logits.subspan(row * vocabulary));
  predictor_.after_run(plan, speculation_, [&] { return unused_block(); });
  for (const Slice& slice : plan.slices()) {
    slice.sequence->advance(slice.count + slice.right, cache_);
    if (!slice.drafts.tokens.empty()) speculation_.checked(slice.drafts, slice.right);
  }
  const Job* done = nullptr;
  for (const Slice& slice : plan.slices()) {
    if (slice.job != done) slice.job->after_step(cache_);
    done = slice.job;
  }
}

// The rows of one slice, with which `rows` begins, as row `first_row` of all; returns how many
// there are. What follows a draft is of interest where the draft is what the job has just said.
size_t Lane::deliver(BatchPlan& plan, Slice& slice, size_t first_row, std::span<float> rows) {
  const auto vocabulary = static_cast<size_t>(backend_.config().vocab_size);
  Sequence& sequence = *slice.sequence;
  const std::vector<Token>& drafts = slice.drafts.tokens;
  slice.job->count_drafted(drafts.size());
  const int end = slice.end() + static_cast<int>(drafts.size());
  size_t row = 0;
  for (int i = std::max(slice.first, sequence.logits_from()); i < end; ++i, ++row) {
    if (i >= slice.end()) {
      const Token draft = drafts[static_cast<size_t>(i - slice.end())];
      if (i >= sequence.size() || sequence.tokens()[static_cast<size_t>(i)] != draft) continue;
      ++slice.right;
      slice.job->count_accepted();
    }
    if (slice.job->stop_requested()) slice.job->end(EndReason::stopped);
    if (slice.job->ended()) continue;
    if (slice.job->asks_for_experts()) slice.job->take_experts(plan.experts_of(first_row + row));
    slice.job->take_logits(sequence, i, rows.subspan(row * vocabulary, vocabulary));
    sequence.logits_taken(i);
  }
  return row;
}

}  // namespace engine::session
