// How the versions of one subject are run during one search. Inside this folder.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "lsp/features/debug/debug.h"
#include "lsp/features/debug/trial.h"

namespace lsp::features::debug {

// As far as a run tells: a loop without an end that also adds to something takes all memory.
inline bool never_ends(const runner::Outcome& outcome) {
  return outcome.verdict == runner::Verdict::timed_out ||
         outcome.verdict == runner::Verdict::out_of_memory;
}

struct Runs {
  const Subject& subject;
  runner::Runner& sandbox;
  const Options& options;
  std::chrono::steady_clock::time_point begin, end;  // of the whole
  uint32_t full_deadline_ms = 5'000;
  uint32_t slow_ms = 0;  // what a run takes more than most do
  uint32_t quick_deadline_ms = 2'500;
  bool sanitized = false;  // quick runs as well: only the sanitizers see the failure
  std::string checks;      // the sanitizers that a batch needs to see it
  std::shared_ptr<const Headers> headers = {};  // for batches with these
  int most_steps = 0;                           // of the loops of what never ends; 0: any number
  bool batches = false;  // many quick runs in one sandbox say the same as runs alone

  Version version(const std::string& text, Pace pace) const {
    Version made{.text = text, .pace = pace, .stop = options.stop};
    made.deadline_ms = pace == Pace::quick ? quick_deadline_ms : full_deadline_ms;
    made.batch_ms = std::max(made.batch_ms, full_deadline_ms);
    made.sanitized = pace == Pace::full || sanitized;
    made.checks = checks;
    made.headers = headers;
    made.stepped = pace == Pace::quick && most_steps > 0;
    made.most_steps = most_steps;
    return made;
  }

  bool is_slow() const { return slow_ms > 0; }

  // Of a time that is enough where runs take no longer than most: so many slow ones more.
  std::chrono::milliseconds with_slow_runs(std::chrono::milliseconds time, int runs) const {
    return time + runs * std::chrono::milliseconds(slow_ms);
  }

  void tell(const std::string& how_far) const {
    if (options.on_progress) options.on_progress(how_far);
  }

  uint32_t left_ms() const {
    const auto left = end - std::chrono::steady_clock::now();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
    return ms < 1 ? 1 : static_cast<uint32_t>(ms);
  }

  bool is_over() const {
    return options.stop.stop_requested() || std::chrono::steady_clock::now() > end;
  }
};

}  // namespace lsp::features::debug
