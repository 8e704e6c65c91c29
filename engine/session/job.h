// One request as the scheduler sees it: sequences with tokens to compute, and what to do with their
// logits. The scheduler decides when and with whom; the job knows what it is for.
//
// Made on the caller's thread; once submitted, owned by the engine's thread.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/session/engine.h"
#include "engine/session/sequence.h"
#include "engine/session/speculation.h"

namespace engine::session {

class Job {
 public:
  Job(Priority priority, std::stop_token stop) : priority_(priority), stop_(std::move(stop)) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  Priority priority() const { return priority_; }
  bool stop_requested() const { return stop_.stop_requested(); }

  // Why this job cannot be done at all; empty: it can.
  const std::string& refusal() const { return refusal_; }

  // Computed in this order. Changed by after_step alone.
  std::vector<Sequence>& sequences() { return sequences_; }
  const std::vector<Sequence>& sequences() const { return sequences_; }

  // Whether cells of nearly the same text will do, where they are there at once.
  virtual bool may_shift() const { return false; }
  // The first tokens are read from disk or go into a batch now; may be called again.
  virtual void begin() {}
  // Guesses at what comes after the last token of `sequence`, which is in the batch in the making.
  virtual Drafting draft(const Sequence&, Speculation&, Speculation::Load&) { return {}; }
  void count_drafted(size_t tokens) { drafted_ += static_cast<int>(tokens); }
  void count_accepted() { ++accepted_; }
  // The logits after the token at `index` of `sequence`: [vocabulary], to be overwritten at will.
  virtual void take_logits(Sequence& sequence, int index, std::span<float> logits) = 0;
  // Whether the experts that they were made with are to be told before each.
  virtual bool asks_for_experts() const { return false; }
  virtual void take_experts(std::vector<std::vector<int16_t>> /*of_each_layer*/) {}
  // Whether a guess at what follows the last token, which is not computed yet, is of use.
  virtual bool takes_guesses() const { return false; }
  // That guess, as logits: [vocabulary], to be overwritten at will.
  virtual void take_guess(std::span<float> /*logits*/) {}
  // A batch with tokens of this job is done, and its logits are taken.
  virtual void after_step(PrefixCache& cache) = 0;

  bool ended() const { return ended_; }
  // Tells the caller, once.
  void end(EndReason reason, std::string error = {}) {
    if (std::exchange(ended_, true)) return;
    tell_end(reason, std::move(error));
  }

 protected:
  virtual void tell_end(EndReason reason, std::string error) = 0;

  std::string refusal_;
  std::vector<Sequence> sequences_;
  int drafted_ = 0;  // tokens computed as drafts
  int accepted_ = 0;

 private:
  const Priority priority_;
  const std::stop_token stop_;
  bool ended_ = false;
};

// What every job of one engine needs to know.
struct Facts {
  const tokenizer::Tokenizer& tokenizer;
  backend::BlockPool& pool;
  int vocabulary;      // ids below it are valid
  int context_tokens;  // of one sequence
};

// Why `prompt` cannot be computed, with `more` tokens after it; empty: it can.
std::string check_prompt(const Facts& facts, std::span<const Token> prompt, int more);

}  // namespace engine::session
