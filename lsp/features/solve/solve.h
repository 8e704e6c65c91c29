// Answers a formula in plain notation, Python's and SymPy's syntax, or LaTeX, and checks the answer
// by another route than the computer algebra took.
//
// The text is parsed here into a tree (read.h); a fixed program (program/) gets the tree, never the
// text, in a sandbox whose interpreter has SymPy loaded. Nothing is evaluated outside of it.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "lsp/text/tongue.h"
#include "sandbox/runner/run.h"

namespace lsp::features::solve {

// Partly: what was found is right, but that there is nothing else was not argued.
enum class Checked { no, partly, yes };

struct Step {
  std::string rule;     // what is done, in the language that was asked for
  std::string formula;  // what comes of it
  bool checked = false;
};

struct Solution {
  std::string answer;  // SymPy's notation; {a,b} for sets, {x:1,y:2} for several unknowns
  std::string latex;
  std::string decimal;       // the number in decimals; empty where that says no more
  bool is_quantity = false;  // a number of units
  Checked checked = Checked::no;
  std::string how;          // what was checked, or why nothing was: a sentence's part
  std::string error_bound;  // of an answer that is numeric for want of a closed form; else empty
  std::string program;      // in Python, with SymPy
  std::string read_as;      // where it may be another than was meant; else empty
  std::vector<std::string> notes;  // how what is ambiguous was read
  std::vector<Step> steps;         // where they were asked for; the last one holds the answer
  std::string no_steps;            // why there are none
  double ms = 0;                   // from dispatch to answer
  text::Tongue tongue = text::Tongue::english;  // that its sentences are in
};

struct Options {
  // Whether `runner` keeps interpreters that wait: these have SymPy's caches filled, which takes
  // longer than one answer.
  enum class Interpreters { made_at_once, waiting };
  Interpreters interpreters = Interpreters::made_at_once;
  text::Tongue tongue = text::Tongue::english;  // of all sentences
  bool steps = false;                           // whether there are to be worked ones
  uint32_t deadline_ms = 20'000;                // for a cold interpreter, too
  std::stop_token stop = {};
};

// An error is a sentence, in the same language: what is wrong with the formula, or why there is no
// answer.
engine::base::Result<Solution> solve(std::string_view text, sandbox::runner::Runner& runner,
                                     const Options& options);

// Makes interpreters ready, where `runner` keeps some, so that the first answer comes as soon as
// later ones.
engine::base::Status prepare(sandbox::runner::Runner& runner, const Options& options);

}  // namespace lsp::features::solve
