#include "engine/session/scoring.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/format.h"
#include "engine/decode/distribution.h"

namespace engine::session {
namespace {

std::string check_continuations(const Facts& facts, std::span<const Token> prompt,
                                std::span<const std::vector<Token>> continuations) {
  size_t longest = 0;
  for (const auto& continuation : continuations) {
    longest = std::max(longest, continuation.size());
    for (const Token token : continuation) {
      if (token >= 0 && token < facts.vocabulary) continue;
      return base::concat("a continuation holds token ", token, ", outside the vocabulary of ",
                          facts.vocabulary, ": it was made with another model's tokenizer");
    }
  }
  const auto more = static_cast<int>(std::min<size_t>(longest, 1 << 30));
  return check_prompt(facts, prompt, more);
}

}  // namespace

Scoring::Scoring(const Facts& facts, std::span<const Token> prompt,
                 std::span<const std::vector<Token>> continuations, Priority priority,
                 std::stop_token stop, OnScores on_scores)
    : Job(priority, std::move(stop)),
      facts_(facts),
      prompt_(prompt.begin(), prompt.end()),
      continuations_(continuations.begin(), continuations.end()),
      on_scores_(std::move(on_scores)),
      scores_(continuations.size(), 0.0) {
  refusal_ = check_continuations(facts, prompt, continuations);
  if (refusal_.empty()) {
    sequences_.emplace_back(facts.pool, prompt_, static_cast<int>(prompt_.size()) - 1);
  }
}

void Scoring::take_logits(Sequence& sequence, int index, std::span<float> logits) {
  logits = logits.first(static_cast<size_t>(facts_.vocabulary));
  const double total = decode::log_sum_exp(logits);
  if (!std::isfinite(total)) {
    return end(EndReason::error, "the model's logits are not finite: its weights are damaged");
  }
  const auto add = [&](size_t continuation, size_t at) {
    const auto& tokens = continuations_[continuation];
    if (at >= tokens.size()) return;
    scores_[continuation] += static_cast<double>(logits[static_cast<size_t>(tokens[at])]) - total;
  };
  if (!prompt_done_) {
    for (size_t i = 0; i < continuations_.size(); ++i) add(i, 0);
  } else {
    const auto which = static_cast<size_t>(&sequence - sequences_.data());
    add(continuation_of_[which], static_cast<size_t>(index) + 1 - prompt_.size());
  }
}

void Scoring::after_step(PrefixCache& cache) {
  if (ended()) return;
  if (!prompt_done_) {
    if (sequences_.front().pending() > 0) return;
    sequences_.front().retire(cache);  // where the continuations find it
    sequences_.clear();
    prompt_done_ = true;
    begin_continuations();
  }
  for (size_t i = sequences_.size(); i-- > 0;) {
    if (sequences_[i].pending() > 0) continue;
    sequences_.erase(sequences_.begin() + static_cast<std::ptrdiff_t>(i));
    continuation_of_.erase(continuation_of_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  if (sequences_.empty()) end(EndReason::limit);
}

// The last token of a continuation need not be computed: nothing is asked about what follows it.
void Scoring::begin_continuations() {
  for (size_t i = 0; i < continuations_.size(); ++i) {
    if (continuations_[i].size() < 2) continue;
    std::vector<Token> tokens = prompt_;
    tokens.insert(tokens.end(), continuations_[i].begin(), continuations_[i].end() - 1);
    sequences_.emplace_back(facts_.pool, std::move(tokens), static_cast<int>(prompt_.size()));
    continuation_of_.push_back(i);
  }
}

void Scoring::tell_end(EndReason reason, std::string error) {
  if (reason == EndReason::limit) return on_scores_(std::move(scores_));
  on_scores_(base::Error{error.empty() ? "scoring was stopped" : std::move(error)});
}

}  // namespace engine::session
