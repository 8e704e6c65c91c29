#include "engine/decode/memory/recall.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/decode/distribution.h"
#include "engine/decode/memory/scorer.h"

namespace engine::decode::memory {

namespace {

constexpr float impossible = -std::numeric_limits<float>::infinity();
// Where less than this is left to the tokens that are no candidates, they get nothing.
constexpr double least_rest = 1e-9;

}  // namespace

Recall::Recall(const Corpus* corpus, std::shared_ptr<const Buffers> buffers,
               std::span<const Token> prompt) {
  if (corpus == nullptr) return;
  corpus_ = corpus;
  evidence_.emplace(*corpus, std::move(buffers), prompt);
}

void Recall::advance(Token token) {
  if (evidence_) evidence_->advance(token);
}

// Scores what was gathered; returns what makes them log-probabilities when subtracted.
float Recall::score_candidates(Model model, bool others_are_possible) {
  const size_t count = candidates_.tokens.size();
  const std::span<const float> weights =
      corpus_->weights(weight_set(model == Model::present, evidence_->has_ngrams()));
  const SharedPart shared = shared_part(weights, candidates_.context);
  scores_.resize(count + 1);
  Hidden hidden;
  for (size_t i = 0; i <= count; ++i) {
    scores_[i] = score(weights, shared, candidates_.features[i], hidden);
  }
  if (!others_are_possible) scores_[count] = impossible;
  const float highest = *std::max_element(scores_.begin(), scores_.end());
  double sum = 0;
  for (const float x : scores_) sum += std::exp(static_cast<double>(x - highest));
  return highest + static_cast<float>(std::log(sum));
}

std::optional<Likeliest> Recall::likeliest() {
  if (!evidence_) return std::nullopt;
  evidence_->gather({}, false, candidates_);
  const size_t count = candidates_.tokens.size();
  if (count == 0) return std::nullopt;
  const float normaliser = score_candidates(Model::absent, true);
  const auto best = std::max_element(scores_.begin(), scores_.end() - 1);
  const float probability = std::exp(*best - normaliser);
  const auto others = static_cast<float>(corpus_->tokenizer().size() - count);
  if (probability < std::exp(scores_[count] - normaliser) / others) return std::nullopt;
  return Likeliest{candidates_.tokens[static_cast<size_t>(best - scores_.begin())], probability};
}

// Candidates get the scorer's probabilities. The probability of "another token" is shared by the
// rest as the model shares it among them (without a model: evenly).
void Recall::mix(std::span<float> log_probabilities, Model model) {
  size_t possible = 0;
  if (model == Model::absent) {
    possible = static_cast<size_t>(std::count_if(log_probabilities.begin(), log_probabilities.end(),
                                                 [](float x) { return !std::isinf(x); }));
    const float each = -std::log(static_cast<float>(possible));
    for (float& x : log_probabilities) {
      if (!std::isinf(x)) x = each;
    }
  }
  if (!evidence_) return;
  evidence_->gather(log_probabilities, model == Model::present, candidates_);
  const size_t count = candidates_.tokens.size();
  if (count == 0) return;

  // What the distribution that came in gives to the rest.
  for (const Token token : candidates_.tokens) log_probabilities[token] = impossible;
  const double of_rest = model == Model::absent
                             ? static_cast<double>(possible - count) / static_cast<double>(possible)
                             // Added up and not taken as one minus the candidates' part, which
                             // would leave only rounding where the candidates have nearly all.
                             : std::exp(log_sum_exp(log_probabilities));
  const float normaliser = score_candidates(model, of_rest >= least_rest);
  const float shift = of_rest < least_rest
                          ? impossible
                          : scores_[count] - normaliser - static_cast<float>(std::log(of_rest));
  for (float& x : log_probabilities) x += shift;
  for (size_t i = 0; i < count; ++i) {
    log_probabilities[candidates_.tokens[i]] = scores_[i] - normaliser;
  }
}

}  // namespace engine::decode::memory
