// What `lemma model adapt --json` prints.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lsp::wire {

// An adapter that was trained on a project, and its worth on the files held out.
struct AdaptReport {
  struct Exact {
    std::string language;
    std::string contestant;  // of lsp/bench/complete.h
    size_t places;           // with three characters or more to the end of the line
    double before;           // 0 … 1, of places whose rest of the line was right
    double after;
    size_t places_all;   // shorter rests too; of these:
    size_t only_before;  // right without the adapter alone
    size_t only_after;
  };
  double loss_before;  // of a held-out answer's token, in nats
  double loss_after;
  size_t files;   // learnt from
  size_t tokens;  // of all runs
  double minutes;
  bool resumed;
  bool finished;  // false: stopped
  std::string path;
  size_t held_out;  // files
  std::vector<Exact> exact;
};

std::string to_json(const AdaptReport& report);

}  // namespace lsp::wire
