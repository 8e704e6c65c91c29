// What a GGUF file says about its tokens, checked and indexed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"
#include "engine/gguf/file.h"
#include "engine/tokenizer/added_tokens.h"
#include "engine/tokenizer/merges.h"
#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/sentence_piece.h"
#include "engine/tokenizer/text_index.h"
#include "engine/tokenizer/tokenizer.h"
#include "engine/tokenizer/word_cache.h"

namespace engine::tokenizer {

struct Vocabulary {
  struct Entry {
    std::string_view text;   // as the file has it
    std::string_view bytes;  // what it says; of a special one mostly nothing
    bool special = false;
    bool end_of_generation = false;
  };

  const Entry* find(Token token) const {
    const auto index = static_cast<size_t>(token);
    return token >= 0 && index < entries.size() ? &entries[index] : nullptr;
  }

  PreTokenizer pre_tokenizer = PreTokenizer::qwen2;
  std::string storage;  // what `text` and `bytes` view
  std::vector<Entry> entries;
  std::vector<Token> by_bytes;  // those that are not special, in order of their bytes
  Merges merges;
  std::unique_ptr<const SentencePiece> sentence_piece;  // in place of pre-tokenizer and merges
  bool begins_with_space = false;  // texts as a whole, and what follows a special token
  bool takes_whole_words = false;  // a piece in whole_words is that token, whatever the merges say
  TextIndex whole_words;
  std::array<bool, 256> has_byte{};  // older DeepSeek vocabularies lack what UTF-8 never uses
  bool has_all_bytes = false;
  AddedTokens literal_tokens;  // found in any text before it is cut into pieces
  AddedTokens parsed_tokens;   // these and the special ones
  std::unordered_map<std::string_view, Token> special_by_text;
  std::optional<Token> bos;
  std::optional<Token> eos;
  std::optional<FimTokens> fim;
  mutable WordCache cache;
};

base::Result<std::unique_ptr<const Vocabulary>> load_vocabulary(const gguf::File& file);

}  // namespace engine::tokenizer
