#include "engine/decode/sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/base/format.h"
#include "engine/decode/distribution.h"

namespace engine::decode {
base::Status check_sampling(const Sampling& sampling) {
  // Written so that a value that is not a number fails.
  if (!(sampling.temperature >= 0 && sampling.temperature <= 100)) {
    return base::fail("sampling: temperature is ", sampling.temperature, "; it must be 0 … 100");
  }
  if (sampling.top_k < 0) {
    return base::fail("sampling: top_k is ", sampling.top_k, "; it must be 0 (all) or more");
  }
  if (!(sampling.top_p > 0 && sampling.top_p <= 1)) {
    return base::fail("sampling: top_p is ", sampling.top_p, "; it must be above 0 and at most 1");
  }
  if (!(sampling.min_p >= 0 && sampling.min_p <= 1)) {
    return base::fail("sampling: min_p is ", sampling.min_p, "; it must be 0 … 1");
  }
  return base::Done{};
}

bool Sampler::Candidate::operator<(const Candidate& other) const {
  if (log_probability != other.log_probability) return log_probability < other.log_probability;
  return token > other.token;
}

Sampler::Sampler(const Sampling& sampling) : sampling_(sampling), random_(sampling.seed) {}

Token Sampler::draw(std::span<const float> log_probabilities) {
  const size_t best = first_largest(log_probabilities);
  if (sampling_.temperature == 0) return static_cast<Token>(best);

  const float largest = log_probabilities[best];
  if (sampling_.top_k == 0 && sampling_.top_p == 1 && sampling_.min_p == 0) {
    keep_all(log_probabilities);
  } else {
    keep_most_probable(log_probabilities, largest);
  }
  const auto weight = [&](const Candidate& candidate) {
    return std::exp(static_cast<double>(candidate.log_probability - largest) /
                    static_cast<double>(sampling_.temperature));
  };
  double total = 0;
  for (const Candidate& candidate : kept_) total += weight(candidate);
  double left = random_.next_unit() * total;
  for (const Candidate& candidate : kept_) {
    left -= weight(candidate);
    if (left < 0) return candidate.token;
  }
  return static_cast<Token>(best);  // only by rounding
}

void Sampler::keep_all(std::span<const float> log_probabilities) {
  kept_.clear();
  for (size_t i = 0; i < log_probabilities.size(); ++i) {
    if (std::isinf(log_probabilities[i])) continue;
    kept_.push_back({log_probabilities[i], static_cast<Token>(i)});
  }
}

void Sampler::keep_most_probable(std::span<const float> log_probabilities, float largest) {
  // Tokens below (1 − top_p) / vocabulary add up to less than 1 − top_p, so top-p never reaches
  // them: with the usual settings this leaves a few hundred tokens to order.
  const double never_reached =
      (1 - static_cast<double>(sampling_.top_p)) / static_cast<double>(log_probabilities.size());
  const double least = std::max(
      static_cast<double>(sampling_.min_p) * std::exp(static_cast<double>(largest)), never_reached);
  const double threshold = std::log(least);  // minus infinity for 0
  heap_.clear();
  for (size_t i = 0; i < log_probabilities.size(); ++i) {
    const float value = log_probabilities[i];
    if (std::isinf(value) || static_cast<double>(value) < threshold) continue;
    heap_.push_back({value, static_cast<Token>(i)});
  }
  std::make_heap(heap_.begin(), heap_.end());

  const size_t limit = sampling_.top_k == 0 ? heap_.size() : static_cast<size_t>(sampling_.top_k);
  double reached = 0;
  kept_.clear();
  while (!heap_.empty() && kept_.size() < limit && reached < static_cast<double>(sampling_.top_p)) {
    std::pop_heap(heap_.begin(), heap_.end());
    kept_.push_back(heap_.back());
    reached += std::exp(static_cast<double>(heap_.back().log_probability));
    heap_.pop_back();
  }
}

}  // namespace engine::decode
