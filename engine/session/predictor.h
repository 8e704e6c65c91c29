// The model's own layer for multi-token prediction (backend::Backend::predict): it takes in every
// token after a run, and where a text goes on it guesses the token after the one just said.
//
// Not thread-safe: owned by the engine's thread.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/session/batch_plan.h"
#include "engine/session/speculation.h"

namespace engine::session {

class Predictor {
 public:
  explicit Predictor(backend::Backend& backend) : backend_(backend) {}

  // `plan` has been run and its logits are taken; its sequences have not advanced yet. A token that
  // is known but not computed may need the next block; without one it is taken in later, and says
  // less. Does nothing where the backend does not predict.
  using NewBlock = std::function<std::optional<backend::BlockId>()>;
  void after_run(const BatchPlan& plan, Speculation& speculation, const NewBlock& new_block);

 private:
  void add(const Slice& slice, int first_row, bool guesses, const NewBlock& new_block);

  backend::Backend& backend_;
  std::vector<backend::BatchToken> tokens_;
  std::vector<int> before_;  // [tokens_]: row of the run that was the token before it; −1: none
  std::vector<std::span<const backend::BlockId>> tables_;
  std::vector<Job*> guessing_;  // in the order of the logits
  std::vector<float> logits_;
};

}  // namespace engine::session
