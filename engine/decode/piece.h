// What one generated token adds to the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace engine::decode {

using tokenizer::Token;

struct Piece {
  Token token = 0;
  std::string bytes;  // whole or not in UTF-8; decode/utf8.h joins them into characters
  // Natural logarithm of the token's probability before temperature, top-k, top-p and min-p, and
  // after the memory was mixed in. While bytes the user typed are being healed, among the tokens
  // that agree with those bytes.
  float log_probability = 0;
  // The experts that the model predicted it with, of each layer that has some; empty where nobody
  // has asked, or the model has none.
  std::vector<std::vector<int16_t>> experts = {};
  // The same probability as the model had it, before the memory was mixed in; nothing where one of
  // the two is missing.
  std::optional<float> model_log_probability = {};
};

}  // namespace engine::decode
