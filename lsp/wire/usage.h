// The answer to lemma/stats.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lsp/wire/message.h"

namespace lsp::wire {

struct Usage {
  // By the model's probability, in steps of 5 %: how many ended, and how many of them were taken.
  struct Step {
    int64_t ended = 0;
    int64_t taken = 0;
  };
  int64_t shown = 0;
  int64_t accepted = 0;  // whole
  int64_t accepted_partly = 0;
  int64_t typed = 0;  // letter by letter, as shown
  int64_t dismissed = 0;
  int64_t kept = 0;          // of those accepted, still there after half a minute
  int64_t looked_again = 0;  // of those accepted, that many were looked for
  int64_t saved = 0;         // characters
  double ms = 0;             // of all that were shown, together
  double least_probability = 0;
  std::array<Step, 20> steps{};
};

// `summary` is for people.
Payload encode(const Usage& usage, std::string_view summary);

}  // namespace lsp::wire
