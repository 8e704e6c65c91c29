// Speculation: guesses at the next tokens, *drafts*, are computed in the batch of the token before
// them, and kept as far as they are what the generation then says. Tokens are drawn from each row
// of logits as ever, and a row is the same, bit for bit, in any batch of up to backend::exact_rows
// tokens: so speculation changes nothing but the time, greedy or not.
//
// Whether drafts pay is a matter of measurement: how long steps of each size lately took (another
// row of a mixture of experts reads more weights), and how many drafts were right of those
// promised.
//
// Not thread-safe: owned by the engine's thread.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/session/engine.h"

namespace engine::session {

// A token that may come next, and the probability that it does.
struct Guess {
  Token token;
  float probability;
};

// What may follow the last token of a sequence, in order.
struct Drafting {
  std::vector<Token> tokens;
  std::vector<double> reached;  // [tokens]: the probability that it and all before it are right

  void keep(size_t count) {
    tokens.resize(count);
    reached.resize(count);
  }
};

// How long a step takes, by the tokens in its batch.
class StepTimes {
 public:
  void add(int tokens, double ms);       // 1 ≤ tokens
  double expected_ms(int tokens) const;  // ≤ backend::exact_rows; 0 before any was added
  double token_ms() const { return single_ms_ * token_ratio_; }  // of a token more
 private:
  double ratio(int tokens) const;

  double single_ms_ = 0;
  // What a token more costs, of a step of one: at first a hope, so that drafts are tried.
  static constexpr double hoped_ratio = 0.125;
  double token_ratio_ = hoped_ratio;
  // [tokens], to a step of one; 0: not measured.
  std::array<double, backend::exact_rows + 1> ratios_{};
};

class Speculation {
 public:
  explicit Speculation(Drafts when) : when_(when) {}

  // A batch in the making.
  struct Load {
    int tokens;       // in it
    double expected;  // tokens that generations will have of it
  };
  using NextGuess = std::function<std::optional<Guess>()>;

  // Up to `most` drafts, as many as make the batch give the most tokens in a second; `load` is then
  // the batch with them. `next_guess` takes the guesses before it for right.
  Drafting draft(Load& load, int most, const NextGuess& next_guess);

  // Whether a guess that costs something is wanted before the next batch is made, and what the last
  // one cost.
  bool wants_guess() const;
  void guess_took(double ms);

  // A batch of nothing but last tokens and drafts has been computed.
  void step_took(int tokens, double ms) { times_.add(tokens, ms); }
  double step_ms() const { return times_.expected_ms(1); }  // 0 before any was measured
  // The first `right` drafts were what the generation said.
  void checked(const Drafting& drafting, int right);

 private:
  bool may_pay();
  std::vector<Guess> guess(int most, const NextGuess& next_guess);
  size_t best_count(const Load& load, const std::vector<Guess>& guesses);
  double trust() const { return right_ / promised_; }

  const Drafts when_;
  StepTimes times_;
  // Of lately checked drafts, the older the less; at first as if some had kept their promise.
  double right_ = 4;
  double promised_ = 4;
  double guess_ms_ = 0;  // what a guess costs
  double saved_ms_ = 0;  // by a step's drafts, less the guesses' cost
  int pause_ = 0;        // steps without a guess
};

}  // namespace engine::session
