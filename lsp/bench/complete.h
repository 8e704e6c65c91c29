// `lemma bench complete DIR`: what completion is worth on the files of a folder.
//
// Every contestant gets the same places and passages (sample.h, typing.h):
//
// - rest of line: the share of places where the guess equals the rest of the line, blanks at the
// end
//   aside. Places are random token boundaries; `exact` counts those with three characters or more
//   that are not blank to the right of the cursor, `exact_all` those with one or more.
// - of the same guesses, whether the code still parses with them and whether anything defines the
//   names in them (validity.h), beside the same of what the author wrote.
// - keystrokes saved while whole passages are typed, accepting whole suggestions, or word by word.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/session/engine.h"
#include "lsp/bench/validity.h"

namespace lsp::bench {

struct CompleteOptions {
  std::string folder;
  // Without a memory_path, the baseline and the model alone; with BackendKind::none, the baseline
  // and the memory alone.
  engine::session::ModelOptions model;
  size_t places = 500;   // for each language
  size_t passages = 20;  // likewise
  size_t passage_lines = 8;
  uint64_t seed = 1;
};

struct Score {
  std::string contestant;
  double exact = 0;  // 0 … 1
  double exact_all = 0;
  std::vector<bool> right;  // [places_all] whether the guess was right; the same places for all
  // Of all places, those where something would be shown, and of these, those where all of it is
  // right.
  double shown = 0;
  double shown_right = 0;
  double ms_median = 0;  // of a guess at a place, after a jump
  double ms_p95 = 0;
  // Of all guesses at places (engine/session/engine.h, Outcome).
  size_t generated_tokens = 0;
  size_t drafted_tokens = 0;
  size_t accepted_tokens = 0;
  Validity validity;       // of all guesses at places, whole
  double saved_whole = 0;  // 0 … 1
  double saved_word = 0;
  double typing_ms_median = 0;
  double typing_ms_p95 = 0;
};

struct LanguageReport {
  std::string language_id;
  size_t files = 0;
  size_t places = 0;  // with three characters or more
  size_t places_all = 0;
  size_t characters = 0;      // typed
  std::vector<Score> scores;  // the baseline first
  Validity author;            // of what really stands at the places
};

struct CompleteReport {
  std::vector<LanguageReport> languages;
};

// Two contestants on the same places: how many only one of them finds. Their difference stands out
// from chance when it is more than about twice the root of their sum.
struct Paired {
  size_t only_first = 0;
  size_t only_second = 0;
};
Paired compare(const Score& first, const Score& second);

// Nothing of nothing is 0; reports tell it from 0 of some by a dash, or null.
double share(size_t part, size_t whole);

// `progress` hears how long it will take, and what is being asked; empty: nobody does.
engine::base::Result<CompleteReport> bench_complete(
    const CompleteOptions& options, const std::function<void(const std::string&)>& progress);

// For people, and as one JSON object.
std::string as_text(const CompleteReport& report);
std::string as_json(const CompleteReport& report, const CompleteOptions& options);

}  // namespace lsp::bench
