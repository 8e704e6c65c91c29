// Computes a text into the prefix cache for nobody in particular: one whose cells were
// approximations in the request that had it.
#pragma once

#include <limits>
#include <utility>

#include "engine/session/job.h"

namespace engine::session {

class Refresh final : public Job {
 public:
  Refresh(backend::BlockPool& pool, std::vector<Token> text) : Job(Priority::background, {}) {
    sequences_.emplace_back(pool, std::move(text), std::numeric_limits<int>::max());
  }

  void take_logits(Sequence&, int, std::span<float>) override {}
  void after_step(PrefixCache&) override {
    if (sequences_.front().pending() == 0) end(EndReason::limit);
  }

 private:
  void tell_end(EndReason, std::string) override {}
};

}  // namespace engine::session
