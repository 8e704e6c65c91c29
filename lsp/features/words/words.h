// Answers a problem in words: a model writes programs, the sandbox runs them, the most frequent
// answer counts, and conditions that were written apart from it say whether it is right.
//
// A model may be wrong in what it computes and in what it takes for the problem. So each sample
// writes, beside the program that solves the problem, the problem's conditions as a function that
// never sees how it was solved; the answer of the many is put into the conditions of each.
// "Checked" takes two samples with the same answer, whose conditions use every number of the
// problem, do not name the answer, hold for it, and for no other value that was tried. One such set
// of conditions is "partly". That all samples read the problem wrong in the same way is not
// excluded by this, and the answer's `how` says so.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "lsp/features/chat/model.h"
#include "lsp/features/solve/solve.h"

namespace lsp::features::words {

using chat::Model;
using chat::Piece;
using engine::base::Result;

struct WordsOptions {
  int most_samples = 3;          // fewer where the first two settle it, or time is up
  uint32_t voting_ms = 300'000;  // no other sample begins once this is over
  int thinking_tokens = 8'192;  // of one sample; what thinks longer is ended, and counts as nothing
  int answer_tokens = 4'096;
  uint32_t deadline_ms = 10'000;  // of one run
  // With the number of the sample, from 0.
  std::function<void(int sample, const Piece& piece)> on_piece = {};
  std::stop_token stop = {};
};

// Whether a text is a problem in words: several of them, and no formula.
bool is_problem(const std::string& text);

// For those who fold the thinking away: says now and then how far the samples are.
std::function<void(int sample, const Piece& piece)> told_in_short(
    std::function<void(const std::string&)> say);

// Blocks. An error is a sentence: why there is no answer. Nothing of what a model wrote runs
// outside of the sandbox.
Result<solve::Solution> solve_in_words(const std::string& problem, Model& model,
                                       sandbox::runner::Runner& runner,
                                       const WordsOptions& options);

}  // namespace lsp::features::words
