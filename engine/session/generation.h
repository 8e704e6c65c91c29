// A Request being generated.
#pragma once

#include <chrono>
#include <optional>

#include "engine/decode/sampling.h"
#include "engine/decode/stop_texts.h"
#include "engine/session/drafter.h"
#include "engine/session/job.h"
#include "engine/session/line_search.h"

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

  Path& path_of(const Sequence& sequence);
  int generated() const { return static_cast<int>(paths_.front().tokens.size()); }
  bool predict(Path& path, std::span<float> logits);
  Option option(Token token, std::span<const float> log_probabilities) const;
  void take_token(Sequence& sequence, Path& path, const Option& option);
  void follow(const std::vector<LineSearch::Way>& ways, PrefixCache& cache);
  void go_on_with_best(PrefixCache& cache);
  bool release(std::vector<Piece> pieces);
  void finish(EndReason reason);
  bool emit();
  void tell_end(EndReason reason, std::string error) override;

  backend::BlockPool& pool_;
  const tokenizer::Tokenizer& tokenizer_;
  const decode::memory::Model model_;
  OnPiece on_piece_;
  OnEnd on_end_;
  int prompt_tokens_;
  int max_tokens_;
  const bool tells_experts_;
  std::vector<std::vector<int16_t>> experts_;  // of the logits that come next
  decode::Sampler sampler_;
  decode::StopTexts stop_texts_;
  LineSearch search_;
  std::vector<Path> paths_;           // of sequences_, in their order; at least one
  std::vector<float> before_memory_;  // the latest [vocabulary]; empty without a model
  Drafter drafter_;
  std::optional<Guess> guess_;   // the model's own, at what follows the last token
  std::vector<Piece> released_;  // to be emitted now
  const Clock::time_point submitted_;
  std::optional<Clock::time_point> begun_;
  std::optional<Clock::time_point> first_token_;
  int cached_ = 0, shifted_ = 0;  // of the prompt
};

}  // namespace engine::session
