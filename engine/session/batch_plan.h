// What the next run of the backend computes: slices of sequences, within a number of tokens and of
// logit rows.
//
// While a plan is in use the sequences in it are marked, so that nobody takes their blocks.
#pragma once

#include <vector>

#include "engine/backend/backend.h"
#include "engine/session/job.h"

namespace engine::session {

// Rows of logits in one batch: 64 rows of 100,000 tokens are 26 MB.
inline constexpr int max_logit_rows = 64;

struct Slice {
  Job* job;
  Sequence* sequence;
  int first;  // index of its first token
  int count;
  Drafting drafts = {};  // computed after these
  int right = 0;         // of them, what the text then said

  int end() const { return first + count; }
  // Whether what it computes tells how its sequence goes on.
  bool ends_text() const {
    return end() == sequence->size() && sequence->logits_from() < sequence->size();
  }
};

class BatchPlan {
 public:
  void start(Priority priority, int max_tokens);
  // Adds the tokens of `sequence` from index `first` up to `end`, as far as there is room.
  void add(Job& job, Sequence& sequence, int first, int end);
  // Drafts after the last token of a slice; logits are wanted of them all.
  void add_drafts(Slice& slice, Drafting drafts);
  // The most tokens of `sequence` from index `first` on for which there is room.
  int room_for(const Sequence& sequence, int first) const;
  // The marks go; the slices stay until the next start.
  void release();
  // Another run was done inside its own, whose time is thus not what it costs.
  void mark_overtaken() { overtaken_ = true; }

  Priority priority() const { return priority_; }
  bool overtaken() const { return overtaken_; }
  bool empty() const { return slices_.empty(); }
  // Whether it computes the last tokens of texts alone, and drafts.
  bool is_decode() const;
  int rows() const { return rows_; }
  int tokens() const { return token_count_ + draft_count_; }
  const std::vector<Slice>& slices() const { return slices_; }
  std::vector<Slice>& slices() { return slices_; }

  // Whether so few of its tokens are still wanted that the run is better ended and done again.
  bool mostly_ended() const;

  // Valid until the plan or a table in it changes.
  backend::Batch batch();
  // After the run, for each layer; empty where nobody has asked, or the backend does not tell.
  std::vector<std::vector<int16_t>> experts_of(size_t row);

 private:
  Priority priority_ = Priority::background;
  bool overtaken_ = false;
  int max_tokens_ = 0;
  int token_count_ = 0;
  int draft_count_ = 0;
  int rows_ = 0;
  std::vector<Slice> slices_;
  std::vector<backend::BatchToken> tokens_;
  std::vector<std::span<const backend::BlockId>> tables_;
  backend::Routing routing_;
};

}  // namespace engine::session
