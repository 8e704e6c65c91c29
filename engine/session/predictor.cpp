#include "engine/session/predictor.h"

#include <chrono>

namespace engine::session {

void Predictor::after_run(const BatchPlan& plan, Speculation& speculation,
                          const NewBlock& new_block) {
  if (!backend_.predicts()) return;
  tokens_.clear();
  before_.clear();
  tables_.clear();
  guessing_.clear();
  int row = 0;
  for (const Slice& slice : plan.slices()) {
    add(slice, row, speculation.wants_guess(), new_block);
    row += slice.count + static_cast<int>(slice.drafts.tokens.size());
  }
  if (tokens_.empty()) return;
  const auto vocabulary = static_cast<size_t>(backend_.config().vocab_size);
  logits_.resize(guessing_.size() * vocabulary);
  const auto start = std::chrono::steady_clock::now();
  const base::Status status = backend_.predict({tokens_, tables_}, before_, logits_);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  if (!status) {
    for (const Slice& slice : plan.slices()) slice.job->end(EndReason::error, status.message());
    return;
  }
  // Tokens are taken in whether anybody guesses or not.
  if (!guessing_.empty()) speculation.guess_took(took.count());
  for (size_t i = 0; i < guessing_.size(); ++i) {
    guessing_[i]->take_guess(std::span(logits_).subspan(i * vocabulary, vocabulary));
  }
}

// What of a slice's sequence is computed by now and not taken in yet, and the token behind it.
void Predictor::add(const Slice& slice, int first_row, bool guesses, const NewBlock& new_block) {
  Sequence& sequence = *slice.sequence;
  const int computed = slice.end() + slice.right;
  int end = computed;
  if (computed < sequence.size()) {
    if (sequence.table().size() * backend::block_tokens == computed) {
      if (const auto block = new_block()) sequence.append_block(*block);
    }
    if (sequence.table().size() * backend::block_tokens > computed) ++end;
  }
  // Behind copied tokens, which were taken in where they were copied from.
  const bool is_behind_copies = slice.first > sequence.computed();
  const int first = std::max(sequence.predicted(), is_behind_copies ? slice.first : 0);
  if (first >= end) return;
  const auto index = static_cast<int32_t>(tables_.size());
  for (int i = first; i < end; ++i) {
    const bool guess =
        guesses && i == computed && i + 1 == sequence.size() && slice.job->takes_guesses();
    tokens_.push_back({sequence.tokens()[static_cast<size_t>(i)], i, index, guess});
    before_.push_back(i > slice.first ? first_row + i - 1 - slice.first : -1);
    if (guess) guessing_.push_back(slice.job);
  }
  tables_.push_back(sequence.table().blocks());
  sequence.set_predicted(end);
}

}  // namespace engine::session
