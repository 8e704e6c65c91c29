// Counts n-grams over many texts. What counts is in how many projects something occurs, so that no
// project speaks louder than another.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace engine::decode::memory {

using tokenizer::Token;

struct Text {
  int family;        // of languages
  uint32_t project;  // texts of one project have the same number
  std::vector<Token> tokens;
};

// A token that followed a context in two projects or more.
struct Ngram {
  uint64_t context;  // its hash, as corpus.h has it
  Token token;
  float share;  // of all that followed the context, each project counted once
  uint32_t projects;
  float gain;  // what the file loses without it: projects · log(probability / without it)
};

// The n-grams of one family with contexts of 1 … max_order tokens, in order of context and token.
std::vector<Ngram> count_ngrams(std::span<const Text* const> texts, int family, int max_order);

// In how many projects each token occurs. [vocabulary]
std::vector<uint32_t> count_tokens(std::span<const Text* const> texts, size_t vocabulary);

}  // namespace engine::decode::memory
