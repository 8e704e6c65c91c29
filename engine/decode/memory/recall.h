// One generation's view of the memory: it follows the tokens of the generation and mixes what the
// buffers and the corpus expect next into the model's distribution.
//
//   Recall recall(corpus, request.buffers, request.prompt);
//   for each step:
//     recall.mix(log_probabilities, Model::present);   // then sample
//     recall.advance(token);
//
// Not thread-safe; one object for one generation. Copying it forks the generation.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/decode/memory/buffers.h"
#include "engine/decode/memory/corpus.h"
#include "engine/decode/memory/evidence.h"

namespace engine::decode::memory {

struct Likeliest {
  Token token;
  float probability;
};

// Whether the log-probabilities handed to `mix` are a model's or say nothing.
enum class Model { absent, present };

class Recall {
 public:
  // `corpus` must outlive this object; null: there is no memory, and `mix` leaves a model's
  // distribution as it is. The history is `buffers->before` where there are buffers, and `prompt`
  // where there are none (null).
  Recall(const Corpus* corpus, std::shared_ptr<const Buffers> buffers,
         std::span<const Token> prompt);

  // Tells the token that was chosen.
  void advance(Token token);

  // In: the model's log-probabilities, normalised, [vocabulary]; with Model::absent anything. A
  // token at minus infinity is impossible and stays so: mask (token healing) and normalise before,
  // so that the memory is searched for possible tokens only. At least one token must be possible.
  // Out: the mixed ones; they sum to 1. With Model::absent and nothing to go by: all alike.
  void mix(std::span<float> log_probabilities, Model model);

  // What mix() would make the likeliest token with Model::absent and every token possible; none
  // where there is nothing to go by.
  std::optional<Likeliest> likeliest();

 private:
  float score_candidates(Model model, bool others_are_possible);
  const Corpus* corpus_ = nullptr;
  std::optional<Evidence> evidence_;
  Candidates candidates_;      // of the last step; kept for its memory
  std::vector<float> scores_;  // likewise; the last is that of another token
};

}  // namespace engine::decode::memory
