#include "engine/decode/healing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/decode/distribution.h"

namespace engine::decode {

Healing::Healing(const tokenizer::Tokenizer& tokenizer, std::string typed)
    : tokenizer_(&tokenizer), left_(std::move(typed)) {}

bool Healing::restrict_to_typed(std::span<float> log_probabilities) {
  const std::span<const Token> longer = tokenizer_->starting_with(left_);
  fitting_ = tokenizer_->prefixes_of(left_);
  fitting_.insert(fitting_.end(), longer.begin(), longer.end());
  std::sort(fitting_.begin(), fitting_.end());
  fitting_.erase(std::unique(fitting_.begin(), fitting_.end()), fitting_.end());
  if (fitting_.empty()) return false;

  values_.clear();
  for (const Token token : fitting_) {
    values_.push_back(log_probabilities[static_cast<size_t>(token)]);
  }
  // Where the model holds all that fits for impossible, any of it is as good.
  if (!log_softmax(values_)) {
    std::fill(values_.begin(), values_.end(), -std::log(static_cast<float>(values_.size())));
  }
  std::fill(log_probabilities.begin(), log_probabilities.end(),
            -std::numeric_limits<float>::infinity());
  for (size_t i = 0; i < fitting_.size(); ++i) {
    log_probabilities[static_cast<size_t>(fitting_[i])] = values_[i];
  }
  return true;
}

void Healing::advance(std::string_view bytes) {
  left_.erase(0, std::min(bytes.size(), left_.size()));
}

std::string take_back(const tokenizer::Tokenizer& tokenizer, int count,
                      std::vector<Token>& prompt) {
  std::string bytes;
  for (; count > 0 && !prompt.empty() && !tokenizer.is_special(prompt.back()); --count) {
    bytes.insert(0, tokenizer.bytes(prompt.back()));
    prompt.pop_back();
  }
  return bytes;
}

}  // namespace engine::decode
