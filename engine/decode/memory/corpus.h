// What the corpus says: pruned n-grams over token ids, and the weights that mix them with the other
// sources, in one file that is mapped read-only.
//
// The n-grams belong to one vocabulary, which the file names by a fingerprint. Opened for another
// one it has no n-grams and knows no language: what is left are the weights, which know nothing of
// single tokens, and so serve any model that is to hear what the open buffers say. Sizes, offsets
// and a checksum over everything are checked when it is opened; a damaged or truncated file is an
// error naming the file and the field.
//
// An n-gram is a context (the language family and the last 1 … max_order tokens) and a token that
// followed it in two projects or more. A context is known by its hash: the high bits choose a
// bucket, the next bits are the entry's fingerprint. format.h has the layout.
//
// Thread safety: immutable after open.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/base/result.h"
#include "engine/decode/memory/format.h"
#include "engine/decode/memory/traits.h"
#include "engine/tokenizer/tokenizer.h"

namespace engine::decode::memory {

using tokenizer::Token;

// Of the texts of all tokens in order of their ids.
uint64_t vocabulary_fingerprint(const tokenizer::Tokenizer& tokenizer);

// The hash of a context grows from the nearest token outwards.
uint64_t empty_context(int family);
uint64_t extend_context(uint64_t context, Token token);

class Corpus {
 public:
  // `tokenizer` must outlive the corpus.
  static base::Result<std::unique_ptr<const Corpus>> open(const std::string& path,
                                                          const tokenizer::Tokenizer& tokenizer);

  // Whether the file was made for the tokenizer's vocabulary.
  bool has_ngrams() const { return has_ngrams_; }
  // Languages that share their n-grams, such as C and C++; −1 for one the corpus lacks.
  int family(std::string_view language_id) const;
  int max_order() const { return has_ngrams_ ? static_cast<int>(header_->max_order) : 0; }

  struct Entry {
    Token token;
    float share;     // of the context's occurrences, each project counted once
    float projects;  // in how many projects, roughly
  };
  // What follows the context, the likeliest first; replaces `entries`. One lookup in a few thousand
  // finds the entries of another context.
  void find(uint64_t context, std::vector<Entry>& entries) const;

  // log2(1 + projects the token occurs in) / 16, in a language family (≥ 0).
  float frequency(int family, Token token) const;

  // The scorer's weights (scorer.h); `set` as weight_set has it.
  std::span<const float> weights(size_t set) const;

  const TokenTraits& traits(Token token) const { return traits_[token]; }
  const tokenizer::Tokenizer& tokenizer() const { return *tokenizer_; }

 private:
  Corpus() = default;

  base::MappedFile file_;
  const tokenizer::Tokenizer* tokenizer_ = nullptr;
  std::vector<TokenTraits> traits_;
  const Header* header_ = nullptr;
  bool has_ngrams_ = false;
  std::span<const uint32_t> bases_;       // [buckets / 32 + 1]
  std::span<const uint16_t> offsets_;     // [buckets], added to the base
  std::span<const uint32_t> entries_;     // [entries]
  std::span<const uint8_t> frequencies_;  // [families][vocabulary]
  std::span<const float> weights_;        // [weight sets][weight_count]
};

}  // namespace engine::decode::memory
