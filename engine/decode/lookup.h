// Prompt lookup: what a text repeats of itself (Saxena 2023, "Prompt Lookup Decoding").
#pragma once

#include <span>

#include "engine/tokenizer/tokenizer.h"

namespace engine::decode {

using tokenizer::Token;

// An earlier place with the same tokens before it as the text has at its end.
struct Occurrence {
  size_t next = 0;    // index of what followed there
  size_t length = 0;  // of those tokens, at most longest_match; 0: there is none
};
inline constexpr size_t longest_match = 32;

// The place that agrees for longest, the latest of several. Takes a pass over the text.
Occurrence last_occurrence(std::span<const Token> text);

}  // namespace engine::decode
