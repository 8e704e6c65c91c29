// SentencePiece's byte-pair encoding, as GGUF files of the kind 'llama' describe it: a text is its
// characters at first; again and again the two neighbours are joined whose text is the token with
// the highest score, the leftmost of equals; what is no token at the end is spelled by the tokens
// of its bytes.
//
// SentencePiece writes a space as U+2581, and cannot tell the two apart in a text. Here tokens are
// kept as what they say, with spaces, so that U+2581 in a text is spelled by its bytes and comes
// back as it was. Invalid UTF-8 is spelled by its bytes, too.
//
// Thread safety: immutable after construction.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/text_index.h"

namespace engine::tokenizer {

class SentencePiece {
 public:
  struct Piece {
    std::string_view bytes;  // must outlive the encoding; not empty
    int32_t token;           // not negative
    float score;             // a number
  };

  // Of pieces with the same bytes the first counts. `byte_tokens` are the tokens that say a single
  // byte and nothing of a text but what no piece says.
  SentencePiece(const std::vector<Piece>& pieces, const std::array<int32_t, 256>& byte_tokens);

  // Cuts `text` wherever no piece holds both of two neighbouring bytes: since nothing is ever
  // joined there, the parts are encoded as they would be together. In most vocabularies these are
  // words with the space before them.
  void split(std::string_view text, PieceSink& sink) const;

  // Appends the tokens of `part`. In any length n this takes at most O(n log n) steps.
  void encode(std::string_view part, std::vector<int32_t>& tokens) const;

 private:
  static constexpr size_t longest_short_part = 48;

  struct Join {
    int32_t token = TextIndex::none;
    float score = 0;
  };

  Join find(std::string_view bytes) const;
  void append(std::string_view bytes, int32_t token, std::vector<int32_t>& tokens) const;
  void encode_short(std::string_view part, std::vector<int32_t>& tokens) const;
  void encode_long(std::string_view part, std::vector<int32_t>& tokens) const;

  std::array<int32_t, 256> byte_tokens_;
  TextIndex tokens_;
  std::vector<float> scores_;                // by token
  size_t longest_piece_ = 0;                 // bytes
  std::bitset<size_t{1} << 16> neighbours_;  // first byte << 8 | second: whether a piece has both
};

// What a token of the kind 'llama' says: its text with a space for each U+2581. Appended to
// `bytes`.
void append_with_spaces(std::string_view text, std::string& bytes);

// The byte that a text like `<0x0A>` names; -1 for any other text.
int byte_of_name(std::string_view text);

}  // namespace engine::tokenizer
