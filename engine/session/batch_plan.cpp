#include "engine/session/batch_plan.h"

#include <algorithm>
#include <utility>

namespace engine::session {
namespace {

int rows_in(const Sequence& sequence, int first, int end) {
  return std::max(0, end - std::max(first, sequence.logits_from()));
}

}  // namespace

void BatchPlan::start(Priority priority, int max_tokens) {
  priority_ = priority;
  overtaken_ = false;
  max_tokens_ = max_tokens;
  token_count_ = 0;
  draft_count_ = 0;
  rows_ = 0;
  slices_.clear();
}

int BatchPlan::room_for(const Sequence& sequence, int first) const {
  const int count = std::min(max_tokens_ - token_count_, sequence.size() - first);
  const int too_many = rows_ + rows_in(sequence, first, first + count) - max_logit_rows;
  return std::max(0, count - std::max(0, too_many));
}

void BatchPlan::add(Job& job, Sequence& sequence, int first, int end) {
  const int count = std::min(room_for(sequence, first), end - first);
  if (count <= 0) return;
  slices_.push_back({&job, &sequence, first, count});
  token_count_ += count;
  rows_ += rows_in(sequence, first, first + count);
  sequence.in_batch = true;
}

void BatchPlan::add_drafts(Slice& slice, Drafting drafts) {
  const auto count = static_cast<int>(drafts.tokens.size());
  draft_count_ += count;
  rows_ += count;
  slice.drafts = std::move(drafts);
}

bool BatchPlan::is_decode() const {
  return std::all_of(slices_.begin(), slices_.end(),
                     [](const Slice& slice) { return slice.count == 1 && slice.ends_text(); });
}

void BatchPlan::release() {
  for (const Slice& slice : slices_) slice.sequence->in_batch = false;
}

bool BatchPlan::mostly_ended() const {
  int wanted = 0;
  for (const Slice& slice : slices_) wanted += slice.job->ended() ? 0 : slice.count;
  return 2 * wanted < token_count_;
}

backend::Batch BatchPlan::batch() {
  tokens_.clear();
  tables_.clear();
  for (const Slice& slice : slices_) {
    const auto index = static_cast<int32_t>(tables_.size());
    for (int i = slice.first; i < slice.end(); ++i) {
      const Token id = slice.sequence->tokens()[static_cast<size_t>(i)];
      tokens_.push_back({id, i, index, i >= slice.sequence->logits_from()});
    }
    int position = slice.end();
    for (const Token id : slice.drafts.tokens) tokens_.push_back({id, position++, index, true});
    tables_.push_back(slice.sequence->table().blocks());
  }
  routing_ = {};
  const bool is_asked = std::any_of(slices_.begin(), slices_.end(), [](const Slice& slice) {
    return slice.job->asks_for_experts();
  });
  return {tokens_, tables_, is_asked ? &routing_ : nullptr};
}

std::vector<std::vector<int16_t>> BatchPlan::experts_of(size_t row) {
  std::vector<std::vector<int16_t>> experts;
  for (int layer = 0; layer < routing_.layers; ++layer) {
    const auto chosen = routing_.of(row, layer);
    experts.emplace_back(chosen.begin(), chosen.end());
  }
  return experts;
}

}  // namespace engine::session
