// Draws a token from log-probabilities.
//
// Top-k, top-p and min-p look at the distribution as it is, each keeping a number of the most
// probable tokens; the smallest number holds. Temperature then reshapes what was kept, so that a
// high temperature does not let the tail in. Ties go to the smaller id.
//
// The same log-probabilities, settings and seed give the same tokens on every platform.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/decode/random.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::decode {

using tokenizer::Token;

struct Sampling {
  float temperature = 0;  // 0: greedy, and nothing below matters
  int top_k = 0;          // keeps so many; 0: all
  float top_p = 1;        // keeps the fewest whose probabilities reach it; (0, 1]
  float min_p = 0;        // keeps those at least this part of the most probable one; [0, 1]
  uint64_t seed = 0;
};

base::Status check_sampling(const Sampling& sampling);

class Sampler {
 public:
  explicit Sampler(const Sampling& sampling);  // checked

  // `log_probabilities` is normalised and holds at least one finite value: [vocabulary].
  Token draw(std::span<const float> log_probabilities);

 private:
  struct Candidate {
    float log_probability;
    Token token;
    bool operator<(const Candidate& other) const;  // less probable
  };
  void keep_all(std::span<const float> log_probabilities);
  void keep_most_probable(std::span<const float> log_probabilities, float largest);

  Sampling sampling_;
  Random random_;
  std::vector<Candidate> heap_;
  std::vector<Candidate> kept_;
};

}  // namespace engine::decode
