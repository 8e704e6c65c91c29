#include "engine/tokenizer/tokenizer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/tokenizer/vocabulary.h"

namespace engine::tokenizer {
namespace {

// The first bytes of a piece as the cache compares them. `readable_end` is how far memory may be
// read: in the middle of a text whole words are loaded and masked.
WordCache::Key make_key(std::string_view piece, const char* readable_end) {
  WordCache::Key key{{}, static_cast<uint32_t>(piece.size())};
  if (readable_end - piece.data() < static_cast<ptrdiff_t>(WordCache::max_bytes)) {
    std::memcpy(key.words.data(), piece.data(), piece.size());
    return key;
  }
  const auto first_bytes = [](uint64_t word, size_t bytes) {
    return bytes >= 8 ? word : word & ((uint64_t{1} << bytes * 8) - 1);
  };
  std::memcpy(key.words.data(), piece.data(), WordCache::max_bytes);
  key.words[0] = first_bytes(key.words[0], piece.size());
  key.words[1] = piece.size() > 8 ? first_bytes(key.words[1], piece.size() - 8) : 0;
  key.words[2] = piece.size() > 16 ? first_bytes(key.words[2], piece.size() - 16) : 0;
  return key;
}

// Turns pieces into tokens.
class Encoder final : public PieceSink {
 public:
  Encoder(const Vocabulary& vocabulary, size_t text_size) : vocabulary_(vocabulary) {
    tokens_.reserve(text_size / 3 + 8);
  }

  // Those of `added` that stand in the text become tokens first.
  void encode(std::string_view text, const AddedTokens& added) {
    for (size_t position = 0; position < text.size();) {
      const AddedTokens::Match match = added.find(text, position);
      encode(text.substr(position, match.position - position));
      if (match.length > 0) add(match.token);
      position = match.position + match.length;
    }
  }

  // Text without added tokens.
  void encode(std::string_view text) {
    readable_end_ = text.data() + text.size();
    if (vocabulary_.sentence_piece) return vocabulary_.sentence_piece->split(text, *this);
    split(vocabulary_.pre_tokenizer, text, *this);
  }

  void add(Token token) { tokens_.push_back(token); }
  std::vector<Token> take() { return std::move(tokens_); }

  void piece(std::string_view piece) override {
    if (vocabulary_.takes_whole_words) {
      const Token word = vocabulary_.whole_words.find(piece);
      if (word != TextIndex::none) return tokens_.push_back(word);
    }
    if (piece.size() == 1 || piece.size() > WordCache::max_bytes) {
      return merge(piece);
    }
    const WordCache::Key key = make_key(piece, readable_end_);
    std::array<Token, WordCache::max_tokens> known;
    if (const size_t count = vocabulary_.cache.find(key, known)) {
      for (size_t index = 0; index < count; ++index) tokens_.push_back(known[index]);
      return;
    }
    const size_t start = tokens_.size();
    merge(piece);
    const auto added = std::span<const Token>(tokens_).subspan(start);
    if (added.size() <= WordCache::max_tokens) vocabulary_.cache.insert(key, added);
  }

 private:
  void merge(std::string_view piece) {
    if (vocabulary_.sentence_piece) return vocabulary_.sentence_piece->encode(piece, tokens_);
    vocabulary_.merges.encode(piece, tokens_);
  }

  const Vocabulary& vocabulary_;
  const char* readable_end_ = nullptr;
  std::vector<Token> tokens_;
};

// `text` with U+FFFD for each byte that has no token; only bytes that UTF-8 never uses have none.
std::string replace_missing_bytes(const Vocabulary& vocabulary, std::string_view text) {
  std::string replaced;
  replaced.reserve(text.size() + 64);
  for (const char letter : text) {
    if (vocabulary.has_byte[static_cast<uint8_t>(letter)]) {
      replaced.push_back(letter);
    } else {
      replaced.append("\xef\xbf\xbd");
    }
  }
  return replaced;
}

bool has_missing_bytes(const Vocabulary& vocabulary, std::string_view text) {
  if (vocabulary.has_all_bytes) return false;
  return !std::all_of(text.begin(), text.end(), [&](char letter) {
    return vocabulary.has_byte[static_cast<uint8_t>(letter)];
  });
}

}  // namespace

base::Result<Tokenizer> Tokenizer::load(const gguf::File& file) {
  auto vocabulary = load_vocabulary(file);
  if (!vocabulary) return vocabulary.error();
  return Tokenizer(*std::move(vocabulary));
}

Tokenizer::Tokenizer(std::unique_ptr<const Vocabulary> vocabulary)
    : vocabulary_(std::move(vocabulary)) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

std::vector<Token> Tokenizer::encode(std::string_view text, SpecialTokens special) const {
  std::string replaced;
  if (has_missing_bytes(*vocabulary_, text)) {
    replaced = replace_missing_bytes(*vocabulary_, text);
    text = replaced;
  }
  Encoder encoder(*vocabulary_, text.size());
  encoder.encode(text, special == SpecialTokens::parsed ? vocabulary_->parsed_tokens
                                                        : vocabulary_->literal_tokens);
  return encoder.take();
}

std::vector<Token> Tokenizer::encode(std::string_view text, std::string_view foreign) const {
  INVARIANT(text.size() == foreign.size());
  std::string replaced, flags;
  if (has_missing_bytes(*vocabulary_, text)) {
    for (size_t i = 0; i < text.size(); ++i) {
      replaced += replace_missing_bytes(*vocabulary_, text.substr(i, 1));
      flags.resize(replaced.size(), foreign[i]);
    }
    text = replaced;
    foreign = flags;
  }
  Encoder encoder(*vocabulary_, text.size());
  const auto encode_part = [&](std::string_view part) {
    if (part.empty()) return;
    const std::string begun = std::string(text_start()).append(part);
    encoder.encode(begun, vocabulary_->literal_tokens);
  };
  size_t position = 0, search = 0;
  for (;;) {
    AddedTokens::Match match = vocabulary_->parsed_tokens.find(text, search);
    if (foreign.substr(match.position, match.length).find('\1') != foreign.npos) {
      const size_t place = match.position;
      match = vocabulary_->literal_tokens.find(text, place);
      if (match.position != place) match = {place, 1};
    }
    search = match.position + match.length;
    if (match.length > 0 && !is_special(match.token)) continue;  // within a part
    encode_part(text.substr(position, match.position - position));
    if (match.length == 0) return encoder.take();
    encoder.add(match.token);
    position = search;
  }
}

std::string_view Tokenizer::text_start() const { return vocabulary_->begins_with_space ? " " : ""; }

std::string Tokenizer::decode(std::span<const Token> tokens) const {
  std::string text;
  for (const Token token : tokens) text += bytes(token);
  return text;
}

std::string_view Tokenizer::bytes(Token token) const {
  const auto* entry = vocabulary_->find(token);
  return entry == nullptr ? std::string_view{} : entry->bytes;
}

std::string_view Tokenizer::text(Token token) const {
  const auto* entry = vocabulary_->find(token);
  return entry == nullptr ? std::string_view{} : entry->text;
}

bool Tokenizer::is_special(Token token) const {
  const auto* entry = vocabulary_->find(token);
  return entry != nullptr && entry->special;
}

std::optional<Token> Tokenizer::find_special(std::string_view text) const {
  const auto found = vocabulary_->special_by_text.find(text);
  if (found == vocabulary_->special_by_text.end()) return std::nullopt;
  return found->second;
}

std::span<const Token> Tokenizer::starting_with(std::string_view prefix) const {
  const std::vector<Token>& tokens = vocabulary_->by_bytes;
  const auto first = std::partition_point(tokens.begin(), tokens.end(),
                                          [&](Token token) { return bytes(token) < prefix; });
  const auto last = std::partition_point(
      first, tokens.end(), [&](Token token) { return bytes(token).starts_with(prefix); });
  return {first, last};
}

std::vector<Token> Tokenizer::prefixes_of(std::string_view typed) const {
  std::vector<Token> found;
  for (size_t length = 1; length <= typed.size(); ++length) {
    const auto candidates = starting_with(typed.substr(0, length));
    if (candidates.empty()) break;  // nor is any longer prefix a token
    for (const Token token : candidates) {
      if (bytes(token).size() != length) break;  // those equal to the prefix come first
      found.push_back(token);
    }
  }
  return found;
}

size_t Tokenizer::size() const { return vocabulary_->entries.size(); }
std::optional<Token> Tokenizer::bos() const { return vocabulary_->bos; }
std::optional<Token> Tokenizer::eos() const { return vocabulary_->eos; }

bool Tokenizer::is_end_of_generation(Token token) const {
  const auto* entry = vocabulary_->find(token);
  return entry != nullptr && entry->end_of_generation;
}

std::optional<FimTokens> Tokenizer::fim() const { return vocabulary_->fim; }

}  // namespace engine::tokenizer
