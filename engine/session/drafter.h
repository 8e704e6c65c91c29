// Guesses what a generation says next without a step of its model: what the memory alone would say
// or, where there is none, what followed the same words before (prompt lookup); or the first token
// as the model's own layer for multi-token prediction has guessed it, where that one is surer.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/decode/healing.h"
#include "engine/decode/lookup.h"
#include "engine/decode/memory/recall.h"
#include "engine/session/speculation.h"

namespace engine::session {

class Drafter {
 public:
  explicit Drafter(const tokenizer::Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  // Guesses go on from here: `text` is the sequence so far, which must stay as it is meanwhile,
  // `recall` (null: none) and `healing` are where the generation is, and `model` is what its model
  // guesses to be first.
  void start(std::span<const Token> text, const decode::memory::Recall* recall,
             const decode::Healing& healing, std::optional<Guess> model);
  // The next guess, where those since start() are right; none where nothing is known, or where an
  // end of the text is what is guessed.
  std::optional<Guess> next();

 private:
  std::optional<Guess> from_memory();
  std::optional<Guess> from_text();

  const tokenizer::Tokenizer& tokenizer_;
  std::span<const Token> text_;
  std::vector<Token> guessed_;
  decode::Occurrence occurrence_;  // of the end of text_, where there is no memory
  std::optional<decode::memory::Recall> recall_;
  std::optional<decode::Healing> healing_;
  std::optional<Guess> model_;
  std::vector<float> row_;  // [vocabulary]
};

}  // namespace engine::session
