// Fits the scorer's weights by stochastic gradient descent (Adam) on the log-likelihood of texts
// that the corpus' n-grams were not counted on. A seventh of the projects is kept apart and tells
// what the weights are worth.
//
// A step of the fit does what the product does: a text is cut at a random token, the rest of the
// line (or some lines more) is taken out, and the tokens taken out are predicted one by one from
// what stands before and after, and in most cuts from other texts of the project (neighbours.h). It
// does so with the corpus' n-grams and without, and each way has weights of its own: who weighs
// n-grams misses them for a model of another vocabulary, and in a language the corpus lacks.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/decode/memory/corpus.h"
#include "engine/decode/memory/counts.h"

namespace engine::decode::memory {

// One cut: `middle` stood between `before` and `after`.
struct Cut {
  const Text* text;
  std::span<const Token> before;
  std::span<const Token> middle;  // to be predicted; a beginning of what was taken out
  std::vector<Token> after;       // begins with the end of the line
};

// The model's normalised log-probabilities for each token of a cut's middle, given what precedes
// it: [middle][vocabulary].
using Predict = std::function<base::Result<std::vector<float>>(const Cut&)>;

struct FitOptions {
  size_t cuts = 20'000;  // of about eight tokens each
  uint64_t seed = 1;
  Predict predict;  // absent: fits the weights used without a model
};

// Tells people how far it is.
using Report = std::function<void(const std::string&)>;

// Small random weights, the same each time: all sets, [weight_sets][weight_count].
std::vector<float> initial_weights();

// Fits two of the sets in `weights`, with n-grams and without, starting from what they hold.
base::Status fit(const Corpus& corpus, std::span<const Text* const> texts,
                 const FitOptions& options, std::vector<float>& weights, const Report& progress);

}  // namespace engine::decode::memory
