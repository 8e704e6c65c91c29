// Token healing: the generated text must begin with bytes the user has typed.
//
// A half-typed word is cut into tokens the model has rarely seen. So the last token or two of the
// prompt are taken back, and generation is constrained to tokens that agree with their bytes:
// those that begin with what is left of them, and those that are a beginning of it. A vocabulary
// that has every single byte as a token can always go on.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace engine::decode {

using tokenizer::Token;

class Healing {
 public:
  Healing(const tokenizer::Tokenizer& tokenizer,
          std::string typed);  // the tokenizer must outlive it

  // Whether the next token is still constrained.
  bool active() const { return !left_.empty(); }

  // Gives every token that does not fit minus infinity and normalises the others. False when the
  // vocabulary has none that fits. `log_probabilities`: [vocabulary].
  [[nodiscard]] bool restrict_to_typed(std::span<float> log_probabilities);

  // Tells the bytes of the token that was chosen.
  void advance(std::string_view bytes);

 private:
  const tokenizer::Tokenizer* tokenizer_;
  std::string left_;  // typed bytes not generated yet
  std::vector<Token> fitting_;
  std::vector<float> values_;  // of fitting_
};

// Takes up to `count` tokens off the end of `prompt`, never a special one, and returns their bytes:
// a Request's `typed`.
std::string take_back(const tokenizer::Tokenizer& tokenizer, int count, std::vector<Token>& prompt);

}  // namespace engine::decode
