#include "engine/session/speculation.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace engine::session {
namespace {

using Clock = std::chrono::steady_clock;

// Old figures lose their weight. What is assumed in their place comes slowly, since trying it
// costs.
constexpr double step_rate = 1.0 / 8;
constexpr double forget_rate = 1.0 / 32;
constexpr double retry_rate = 1.0 / 1024;
// A thread that was put aside says nothing about the step.
constexpr double most_growth = 2;
constexpr int pause_steps = 32;

void approach(double& value, double goal, double rate) { value += (goal - value) * rate; }

}  // namespace

double StepTimes::ratio(int tokens) const {
  const double measured = ratios_[static_cast<size_t>(tokens)];
  return measured > 0 ? measured : 1 + token_ratio_ * (tokens - 1);
}

void StepTimes::add(int tokens, double ms) {
  if (tokens > backend::exact_rows) return;
  if (tokens > 1) {
    if (single_ms_ == 0) return;
    double known = ratio(tokens);
    approach(known, std::min(ms / single_ms_, most_growth * known), step_rate);
    ratios_[static_cast<size_t>(tokens)] = known;
    approach(token_ratio_, std::max(0.0, known - 1) / (tokens - 1), step_rate);
    return;
  }
  if (single_ms_ == 0) single_ms_ = ms;
  approach(single_ms_, std::min(ms, most_growth * single_ms_), step_rate);
  approach(token_ratio_, hoped_ratio, retry_rate);
  for (int other = 2; other <= backend::exact_rows; ++other) {
    double& known = ratios_[static_cast<size_t>(other)];
    if (known > 0) approach(known, 1 + token_ratio_ * (other - 1), retry_rate);
  }
}

double StepTimes::expected_ms(int tokens) const { return single_ms_ * ratio(tokens); }

Drafting Speculation::draft(Load& load, int most, const NextGuess& next_guess) {
  Drafting drafting;
  most = std::min(most, backend::exact_rows - load.tokens);
  if (most <= 0 || !may_pay()) return drafting;
  const std::vector<Guess> guesses = guess(most, next_guess);
  const size_t count = when_ == Drafts::always ? guesses.size() : best_count(load, guesses);
  double reached = 1;
  for (size_t i = 0; i < count; ++i) {
    reached *= static_cast<double>(guesses[i].probability);
    drafting.tokens.push_back(guesses[i].token);
    drafting.reached.push_back(reached);
    load.expected += trust() * reached;
  }
  load.tokens += static_cast<int>(count);
  return drafting;
}

bool Speculation::wants_guess() const {
  if (when_ != Drafts::when_they_pay) return when_ == Drafts::always;
  return times_.expected_ms(1) > 0 && pause_ <= 1;
}

void Speculation::guess_took(double ms) { saved_ms_ -= ms * step_rate; }

bool Speculation::may_pay() {
  if (when_ != Drafts::when_they_pay) return when_ == Drafts::always;
  if (times_.expected_ms(1) == 0) return false;
  if (pause_ > 0) return --pause_ == 0;
  if (saved_ms_ >= 0) return true;
  saved_ms_ = 0;
  pause_ = pause_steps;
  return false;
}

// Guesses as long as one may be worth its own cost and that of a row. Some rows cost less than
// others.
std::vector<Guess> Speculation::guess(int most, const NextGuess& next_guess) {
  const Clock::time_point start = Clock::now();
  std::vector<Guess> guesses;
  double reached = trust();
  const double least_ms = guess_ms_ + times_.token_ms() / 2;
  while (static_cast<int>(guesses.size()) < most) {
    if (when_ != Drafts::always && reached * times_.expected_ms(1) < least_ms) break;
    const std::optional<Guess> next = next_guess();
    if (!next) break;
    guesses.push_back(*next);
    reached *= static_cast<double>(next->probability);
  }
  const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  const double each = ms / static_cast<double>(std::max<size_t>(1, guesses.size()));
  if (guess_ms_ == 0) guess_ms_ = each;
  approach(guess_ms_, std::min(each, most_growth * guess_ms_), step_rate);
  approach(saved_ms_, -ms, step_rate);
  return guesses;
}

// The count that gives the most tokens in a second; guessing has been paid for.
size_t Speculation::best_count(const Load& load, const std::vector<Guess>& guesses) {
  const double alone_ms = times_.expected_ms(load.tokens);
  double best_rate = load.expected / alone_ms, best_saved = 0;
  double reached = trust(), expected = load.expected;
  size_t best = 0;
  for (size_t i = 0; i < guesses.size(); ++i) {
    reached *= static_cast<double>(guesses[i].probability);
    expected += reached;
    const double ms = times_.expected_ms(load.tokens + static_cast<int>(i) + 1);
    if (expected / ms <= best_rate) continue;
    best = i + 1;
    best_rate = expected / ms;
    best_saved = expected * alone_ms / load.expected - ms;
  }
  saved_ms_ += best_saved * step_rate;
  // Mistrust that keeps drafts from being tried would never be proved wrong.
  if (best == 0) approach(right_, promised_, retry_rate);
  return best;
}

void Speculation::checked(const Drafting& drafting, int right) {
  approach(right_, 0, forget_rate);
  approach(promised_, 0, forget_rate);
  right_ += right;
  promised_ += std::accumulate(drafting.reached.begin(), drafting.reached.end(), 0.0);
}

}  // namespace engine::session
