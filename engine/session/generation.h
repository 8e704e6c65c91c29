// A Request being generated.
#pragma once

#include <chrono>
#include <optional>

#include "engine/decode/healing.h"
#include "engine/decode/memory/recall.h"
#include "engine/decode/sampling.h"
#include "engine/decode/stop_texts.h"
#include "engine/session/drafter.h"
#include "engine/session/job.h"

namespace engine::session {

class Generation final : public Job {
 public:
  // `corpus` (null: none) must outlive it.
  Generation(const Facts& facts, const decode::memory::Corpus* corpus, decode::memory::Model model,
             Request request, std::stop_token stop, OnPiece on_piece, OnEnd on_end);

  bool may_shift() const override;
  void begin() override;
  Drafting draft(const Sequence& sequence, Speculation& speculation,
                 Speculation::Load& load) override;
  void take_logits(Sequence& sequence, int index, std::span<float> logits) override;
  bool asks_for_experts() const override { return tells_experts_; }
  void take_experts(std::vector<std::vector<int16_t>> of_each_layer) override;
  bool takes_guesses() const override;
  void take_guess(std::span<float> logits) override;
  void after_step(PrefixCache& cache) override;

 private:
  using Clock = std::chrono::steady_clock;

  bool predict(std::span<float> logits);
  void take_token(Sequence& sequence, Token token, float log_probability);
  void finish(EndReason reason);
  bool emit();
  void tell_end(EndReason reason, std::string error) override;

  const tokenizer::Tokenizer& tokenizer_;
  const decode::memory::Model model_;
  OnPiece on_piece_;
  OnEnd on_end_;
  int prompt_tokens_;
  int max_tokens_;
  const bool tells_experts_;
  int generated_ = 0;
  std::vector<std::vector<int16_t>> experts_;  // of the logits that come next
  decode::Sampler sampler_;
  decode::Healing healing_;
  decode::StopTexts stop_texts_;
  std::optional<decode::memory::Recall> recall_;  // none without a corpus
  std::vector<float> before_memory_;              // the latest [vocabulary]; empty without a model
  Drafter drafter_;
  std::optional<Guess> guess_;   // the model's own, at what follows the last token
  std::vector<Piece> released_;  // to be emitted now
  const Clock::time_point submitted_;
  std::optional<Clock::time_point> begun_;
  std::optional<Clock::time_point> first_token_;
};

}  // namespace engine::session
