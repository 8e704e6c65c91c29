// Tells programs apart that pass the same tests: the tests' own calls with other inputs, and what
// comes of them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "lsp/features/debug/trial.h"

namespace lsp::features::debug {

struct Difference {
  size_t first, second;  // of the texts
  // What tells them apart: what a call gave, with the values of the names in it ("x = 3"), or where
  // there is no call, a line that was written; nothing where no more was.
  std::string call = {};
  std::string values = {};
  std::optional<std::string> one = {};
  std::optional<std::string> other = {};
};

struct Comparison {
  // Different ones that were observed with each of the others, with the same results or not.
  size_t inputs = 0;
  size_t new_inputs = 0;  // of them, those that are not the tests' own
  // In how many runs the first did not end in time and the other one did, and the reverse.
  size_t first_cut_off = 0, other_cut_off = 0;
  bool complete = true;  // else some were not run on all of them
  std::optional<Difference> difference;
};

struct CompareLimits {
  std::chrono::steady_clock::time_point deadline;
  bool batches = false;
  uint32_t each_ms = 1'000;
  unsigned workers = 1;
  bool sanitized = false;  // C and C++
  std::string checks = {};
  std::shared_ptr<const Headers> headers = {};
  std::stop_token stop = {};
  // The others are run only where the first comes to its end in time. Where it does not, the
  // comparison is complete if the program before it does not either, nor the others on one of
  // these.
  bool first_alone = false;
  std::optional<std::string> before = {};  // of changes of a program that failed: that program
};

// `texts` are programs, in the order of their likelihood; the first is compared with each other,
// until one differs: by anything but an error that nobody means a program to end with, such as a
// TypeError. `base` is the program that they change.
Comparison compare(runner::Runner& sandbox, const Subject& subject, const std::string& base,
                   const std::vector<std::string>& texts, const CompareLimits& limits);

// What a change does to what the tests' calls give, with other inputs too.
struct Effect {
  size_t inputs = 0;                // different ones with which it is something else than before
  std::optional<std::string> only;  // what it is then, where that is always the same
};
Effect effect_of(runner::Runner& sandbox, const Subject& subject, const std::string& before,
                 const std::string& after, const CompareLimits& limits);

}  // namespace lsp::features::debug
