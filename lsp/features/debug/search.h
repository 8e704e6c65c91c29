// Finds the changes that turn red to green, the likeliest first, within a time.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lsp/features/debug/edits.h"
#include "lsp/features/debug/trial.h"

namespace lsp::features::debug {

using Clock = std::chrono::steady_clock;

// What may mend a program, before it is run: there are thousands of them.
struct RankedEdit {
  Edit edit;
  bool generated = false;  // by a model
};

// One that was run.
struct Candidate {
  std::string text;        // of the whole program
  std::string_view what;   // the kind of the change
  double score = 0;        // how likely it is
  bool generated = false;  // by a model
};

struct SearchLimits {
  Clock::time_point deadline;
  Clock::time_point deadline_after_improvement;  // where something is better and nothing green
  // Once one is green, the search goes on for rivals until so many of the likeliest were tried: a
  // test that two different programs pass does not say which of them is right.
  Clock::time_point deadline_for_rivals;
  size_t least_tried = 1'000;
  size_t most_green = 8;
  bool batches = false;   // many in one sandbox
  bool screened = false;  // what a batch finds green is tried once more, with the sanitizers
  unsigned workers = 2;
  std::stop_token stop = {};
  std::function<void(size_t tried)> on_tried = {};  // never called by two threads at once
};

struct Green {
  Candidate candidate;
  double ms = 0;  // since the search began
};

struct Search {
  std::vector<Green> green;              // the likeliest first
  std::optional<Candidate> improvement;  // fewer tests red, none newly so; the best of them
  size_t tried = 0;
  size_t by_chance = 0;    // found green, and not with the sanitizers
  bool exhausted = false;  // all were tried, or SearchLimits::least_tried
};

// Of one text: every edit, by how suspicious its lines are (`suspicion`, lines from 1), the
// likeliest first; at `until` or `stop` those that were found so far.
std::vector<RankedEdit> ranked_edits(const std::string& text, syntax::Language language,
                                     const Clues& clues, const std::map<int, double>& suspicion,
                                     Clock::time_point until = Clock::time_point::max(),
                                     std::stop_token stop = {});

// `changes` of `version.text` are tried from the first to the last, each in a sandbox of its own.
// `base` is the program's own trial at the same pace.
Search search(runner::Runner& sandbox, const Subject& subject,
              const std::vector<RankedEdit>& changes, const Trial& base, const Version& version,
              const SearchLimits& limits);

}  // namespace lsp::features::debug
