#include "engine/session/drafter.h"

#include <cmath>

#include "engine/decode/distribution.h"

namespace engine::session {

void Drafter::start(std::span<const Token> text, const decode::memory::Recall* recall,
                    const decode::Healing& healing, std::optional<Guess> model) {
  text_ = text;
  guessed_.clear();
  healing_ = healing;
  model_ = model;
  if (recall) {
    recall_ = *recall;
  } else {
    recall_.reset();
  }
}

std::optional<Guess> Drafter::next() {
  std::optional<Guess> guess = recall_ ? from_memory() : from_text();
  if (guessed_.empty() && model_ && (!guess || guess->probability < model_->probability)) {
    // What followed the same words before says nothing about other words.
    if (!guess || guess->token != model_->token) occurrence_ = {};
    guess = model_;
  }
  if (!guess || tokenizer_.is_end_of_generation(guess->token)) return std::nullopt;
  guessed_.push_back(guess->token);
  return guess;
}

std::optional<Guess> Drafter::from_memory() {
  // What was guessed last is taken for right only now that somebody asks what follows it.
  if (!guessed_.empty()) {
    recall_->advance(guessed_.back());
    healing_->advance(tokenizer_.bytes(guessed_.back()));
  }
  if (!healing_->active()) {
    const auto likeliest = recall_->likeliest();
    if (!likeliest) return std::nullopt;
    return Guess{likeliest->token, likeliest->probability};
  }
  row_.assign(tokenizer_.size(), 0.0F);
  if (!healing_->restrict_to_typed(row_)) return std::nullopt;
  // The memory wants to know what is possible, and nothing more.
  for (float& x : row_) x = std::isinf(x) ? x : 0;
  recall_->mix(row_, decode::memory::Model::absent);
  const size_t best = decode::first_largest(row_);
  return Guess{static_cast<Token>(best), std::exp(row_[best])};
}

// A text that repeats what it has just said goes on in its own repetition.
std::optional<Guess> Drafter::from_text() {
  if (guessed_.empty()) {
    if (healing_->active()) return std::nullopt;
    occurrence_ = decode::last_occurrence(text_);
  }
  if (occurrence_.length == 0) return std::nullopt;
  const size_t at = occurrence_.next + guessed_.size();
  const Token token = at < text_.size() ? text_[at] : guessed_[at - text_.size()];
  // A longer match is a surer one; Speculation corrects the level by what comes of it.
  const auto length = static_cast<float>(occurrence_.length + guessed_.size());
  return Guess{token, length / (length + 1)};
}

}  // namespace engine::session
