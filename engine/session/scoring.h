// Continuations of one prompt being scored: first the prompt, then a sequence for each
// continuation, which shares the prompt's blocks through the prefix cache.
#pragma once

#include <functional>

#include "engine/session/job.h"

namespace engine::session {

// The scores, or why there are none.
using OnScores = std::function<void(base::Result<std::vector<double>>)>;

class Scoring final : public Job {
 public:
  Scoring(const Facts& facts, std::span<const Token> prompt,
          std::span<const std::vector<Token>> continuations, Priority priority,
          std::stop_token stop, OnScores on_scores);

  void take_logits(Sequence& sequence, int index, std::span<float> logits) override;
  void after_step(PrefixCache& cache) override;

 private:
  void begin_continuations();
  void tell_end(EndReason reason, std::string error) override;

  const Facts facts_;
  const std::vector<Token> prompt_;
  const std::vector<std::vector<Token>> continuations_;
  OnScores on_scores_;
  std::vector<double> scores_;
  bool prompt_done_ = false;
  std::vector<size_t> continuation_of_;  // [sequence], once the prompt is done
};

}  // namespace engine::session
