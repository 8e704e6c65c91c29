// Byte-level BPE and SentencePiece's BPE, as GGUF files describe them ('gpt2' and 'llama'): bytes
// to ids and back without loss. One exception: the vocabularies of deepseek-llm and deepseek-coder
// have no tokens for the bytes C0, C1 and F5 to FF, which UTF-8 never uses. There is no id to give
// them; each is encoded as U+FFFD.
//
// Pre-tokenizers: those of pre_tokenizer.h. Any bytes are taken; invalid UTF-8 is encoded byte by
// byte.
//
// SentencePiece puts a space before each text, and models of such vocabularies have seen their
// texts begin so. That space is no byte of the text, and between two parts of one it would be an
// error: so a part is encoded as it is, and only what is encoded as a whole begins with it. A
// prompt with a gap has it where the text before the gap begins, as in the prompts that CodeLlama's
// and Mistral's own programs make; what stands behind the gap and what is generated have none.
//
// Thread safety: immutable after construction; encode and decode may run in parallel.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/gguf/file.h"

namespace engine::tokenizer {

using Token = int32_t;

// Whether texts like `<｜fim▁hole｜>` in the input become their special tokens. Text that comes
// from a user's file is always encoded with `literal`, so that a file cannot forge a prompt.
enum class SpecialTokens { literal, parsed };

// What stands first in the prompts that a model was trained on: what is before a gap, or what is
// behind it. What fills the gap comes last in both.
enum class FimOrder { prefix_first, suffix_first };

// Found by GGUF key, else by the texts the known model families use.
struct FimTokens {
  Token prefix;
  Token suffix;
  Token middle;
  FimOrder order = FimOrder::prefix_first;
};

struct Vocabulary;

class Tokenizer {
 public:
  static base::Result<Tokenizer> load(const gguf::File& file);
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  // Neither adds BOS. Any part of a text: decoded, it is the same bytes.
  std::vector<Token> encode(std::string_view text, SpecialTokens special) const;
  // A whole text, of two authors: special tokens are parsed, but where a byte of one is `foreign`,
  // which has '\1' for each such byte of the text and '\0' for the others. Adds text_start() at its
  // beginning and behind each special token, unless nothing stands between that and the next.
  std::vector<Token> encode(std::string_view text, std::string_view foreign) const;
  // What whole texts begin with and do not hold: the space of SentencePiece, else nothing.
  std::string_view text_start() const;
  std::string decode(std::span<const Token> tokens) const;

  // What one token says; nothing for a special token, but for those that are markup within a text
  // (`</think>`), and for an id outside the vocabulary.
  std::string_view bytes(Token token) const;
  // The vocabulary's own text of any token, special ones included.
  std::string_view text(Token token) const;
  bool is_special(Token token) const;
  std::optional<Token> find_special(std::string_view text) const;

  // Tokens whose bytes start with `prefix` (none special), in order of their bytes.
  std::span<const Token> starting_with(std::string_view prefix) const;
  // Tokens whose bytes are a non-empty prefix of `typed`, shortest first.
  std::vector<Token> prefixes_of(std::string_view typed) const;

  size_t size() const;
  std::optional<Token> bos() const;  // what every text begins with, if anything
  std::optional<Token> eos() const;
  bool is_end_of_generation(Token token) const;  // EOS, EOT, FIM pad and the like
  std::optional<FimTokens> fim() const;

 private:
  explicit Tokenizer(std::unique_ptr<const Vocabulary> vocabulary);
  std::unique_ptr<const Vocabulary> vocabulary_;
};

}  // namespace engine::tokenizer
