// Reading a vocabulary from GGUF metadata.
//
// `tokenizer.ggml.tokens` spells ordinary tokens in the byte-level alphabet: every byte has a
// printable character (the printable ones of Latin-1 their own, the others U+0100 and up, in
// order). Tokens that were added to the vocabulary later are spelled as they are. Some of those are
// plain text (the older DeepSeek vocabularies add "ü" and twelve more letters) and are found in all
// text; those that look like markup are special, like control tokens, and are found only where the
// caller asks for it, so that a user's file cannot forge a prompt. What a model says by them is
// text all the same: "</think>" ends the thinking of R1 and its distills.
//
// Vocabularies of the kind 'llama' spell tokens as they are, with U+2581 for a space, have a score
// in place of merge rules, and name their single bytes (`<0x0A>`).
#include "engine/tokenizer/vocabulary.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <tuple>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/format.h"
#include "engine/tokenizer/byte_alphabet.h"
#include "engine/tokenizer/marks.h"

namespace engine::tokenizer {
namespace {

using base::fail;
using base::Result;
using base::Status;

constexpr std::string_view tokens_key = "tokenizer.ggml.tokens";
constexpr std::string_view types_key = "tokenizer.ggml.token_type";
constexpr std::string_view merges_key = "tokenizer.ggml.merges";
constexpr std::string_view scores_key = "tokenizer.ggml.scores";

// The values of `tokenizer.ggml.token_type`.
enum TokenType : int64_t { normal = 1, unknown, control, user_defined, unused, byte };

// Where a file that names a BOS does not say whether texts begin with it.
bool begins_with_bos(PreTokenizer kind) {
  return kind == PreTokenizer::deepseek_llm || kind == PreTokenizer::deepseek_coder ||
         kind == PreTokenizer::deepseek_v3 || kind == PreTokenizer::llama_bpe ||
         kind == PreTokenizer::glm4 || kind == PreTokenizer::tekken;
}

// Fills a vocabulary step by step; each step is an error or leaves what the next one needs.
class VocabularyLoader {
 public:
  explicit VocabularyLoader(const gguf::File& file, Vocabulary& vocabulary)
      : file_(file), vocabulary_(vocabulary) {}

  Status load() {
    for (const auto step : {&VocabularyLoader::read_model, &VocabularyLoader::read_tokens,
                            &VocabularyLoader::read_ids, &VocabularyLoader::read_harmony,
                            &VocabularyLoader::read_fim, &VocabularyLoader::read_merges}) {
      if (auto status = (this->*step)(); !status) return status;
    }
    index();
    return base::Done{};
  }

 private:
  using Entry = Vocabulary::Entry;

  Status read_model() {
    const auto model = file_.string("tokenizer.ggml.model");
    if (!model) return model.error();
    if (*model == "llama") {
      has_scores_ = true;
      const auto begins = file_.boolean_or("tokenizer.ggml.add_space_prefix", true);
      if (!begins) return begins.error();
      vocabulary_.begins_with_space = *begins;
      return base::Done{};
    }
    if (*model != "gpt2") {
      return fail(
          file_.path(), ": key 'tokenizer.ggml.model' is '", *model,
          "'; lemma reads byte-level BPE vocabularies, 'gpt2', and SentencePiece's, 'llama'");
    }
    const auto pre = file_.string("tokenizer.ggml.pre");
    if (!pre) return pre.error();
    const auto kind = pre_tokenizer_from_name(*pre);
    if (!kind) {
      return fail(file_.path(), ": key 'tokenizer.ggml.pre' is '", *pre, "'; lemma knows ",
                  pre_tokenizer_names());
    }
    vocabulary_.pre_tokenizer = *kind;
    return base::Done{};
  }

  Status read_tokens() {
    const auto texts = file_.strings(tokens_key);
    if (!texts) return texts.error();
    if (texts->empty() || texts->size() > size_t{1} << 30) {
      return fail(file_.path(), ": key '", tokens_key, "' has ", texts->size(), " tokens");
    }
    types_.assign(texts->size(), normal);
    if (file_.find(types_key) != nullptr) {
      auto types = file_.integers(types_key);
      if (!types) return types.error();
      if (types->size() != texts->size()) {
        return fail(file_.path(), ": key '", types_key, "' has ", types->size(), " entries for ",
                    texts->size(), " tokens");
      }
      types_ = *std::move(types);
    }
    size_t total = 0;
    for (const std::string_view text : *texts) total += text.size();
    vocabulary_.storage.reserve(2 * total);  // never moves: a spelling is longer than its bytes
    vocabulary_.entries.resize(texts->size());
    ordinary_ = TextIndex(texts->size());
    for (size_t token = 0; token < texts->size(); ++token) read_token(token, (*texts)[token]);
    return base::Done{};
  }

  std::string_view store(std::string_view text) {
    std::string& storage = vocabulary_.storage;
    INVARIANT(storage.size() + text.size() <= storage.capacity());
    const size_t start = storage.size();
    storage.append(text);
    return std::string_view(storage).substr(start);
  }

  void read_token(size_t token, std::string_view text) {
    Entry& entry = vocabulary_.entries[token];
    entry.text = store(text);
    const int64_t type = types_[token];
    const size_t start = vocabulary_.storage.size();
    const bool is_ordinary = has_scores_ ? append_piece(entry.text, type)
                                         : (type == normal || type == byte) &&
                                               append_spelled(entry.text, vocabulary_.storage);
    if (is_ordinary) {
      entry.bytes = std::string_view(vocabulary_.storage).substr(start);
      ordinary_.add(entry.text, static_cast<Token>(token));
      return;
    }
    const bool plain =
        (type == normal || type == user_defined) && !looks_like_markup(text) && !is_end_text(text);
    entry.special = !plain;
    entry.end_of_generation = entry.special && is_end_text(text);
    const bool is_said =
        type == user_defined && !entry.end_of_generation && !looks_like_control(text);
    entry.bytes = plain || is_said ? said(entry.text) : std::string_view{};
    if (!text.empty()) added_.emplace_back(entry.text, static_cast<Token>(token));
    if (entry.special) vocabulary_.special_by_text.emplace(entry.text, token);
  }

  // Of the kind 'llama': appends what an ordinary token says; false for any other.
  bool append_piece(std::string_view text, int64_t type) {
    if (type == byte) {
      const int value = byte_of_name(text);
      if (value >= 0) vocabulary_.storage.push_back(static_cast<char>(value));
      return value >= 0;
    }
    // Files give marks of turns and ends the type of words, too.
    const bool is_mark = text.size() > 4 && text.starts_with("<|") && text.ends_with("|>");
    if (type != normal || is_mark || is_end_text(text)) return false;
    append_with_spaces(text, vocabulary_.storage);
    return true;
  }

  // What a token that was added says.
  std::string_view said(std::string_view text) {
    if (!has_scores_) return text;
    const size_t start = vocabulary_.storage.size();
    append_with_spaces(text, vocabulary_.storage);
    return std::string_view(vocabulary_.storage).substr(start);
  }

  // Tokens that a key or a known text gives a role are special, whatever their type says.
  void make_special(Token token) {
    Entry& entry = vocabulary_.entries[static_cast<size_t>(token)];
    entry.bytes = {};
    if (entry.special) return;
    entry.special = true;
    if (ordinary_.find(entry.text) == token) {
      ordinary_.remove(entry.text);
      added_.emplace_back(entry.text, token);
    }
    vocabulary_.special_by_text.emplace(entry.text, token);
  }

  // The id under the first of `keys` that is present, checked to be in the vocabulary.
  Result<std::optional<Token>> read_id(std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
      if (file_.find(key) == nullptr) continue;
      // Some converters write -1 for a token that the model does not have.
      if (const auto* none = std::get_if<int32_t>(file_.find(key)); none && *none == -1) continue;
      const auto id = file_.integer(key);
      if (!id) return id.error();
      if (*id == 0xffffffff) continue;
      if (*id >= vocabulary_.entries.size()) {
        return fail(file_.path(), ": key '", key, "' is ", *id, ", but the vocabulary has ",
                    vocabulary_.entries.size(), " tokens");
      }
      return std::optional<Token>(static_cast<Token>(*id));
    }
    return std::optional<Token>();
  }

  Status read_ids() {
    const auto bos = read_id({"tokenizer.ggml.bos_token_id"});
    if (!bos) return bos.error();
    const auto eos = read_id({"tokenizer.ggml.eos_token_id"});
    if (!eos) return eos.error();
    // A file may name a BOS and say that texts do not begin with it: Qwen 2.5's do. Qwen 2's name
    // one and say nothing, and it has not seen a text that begins so either.
    const bool usual = has_scores_ || begins_with_bos(vocabulary_.pre_tokenizer);
    const auto begins = file_.boolean_or("tokenizer.ggml.add_bos_token", usual);
    if (!begins) return begins.error();
    if (*begins) vocabulary_.bos = *bos;
    vocabulary_.eos = *eos;
    if (*bos) make_special(**bos);
    for (const std::string_view key :
         {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id",
          "tokenizer.ggml.eom_token_id", "tokenizer.ggml.fim_pad_token_id",
          "tokenizer.ggml.fim_rep_token_id", "tokenizer.ggml.fim_sep_token_id"}) {
      const auto id = read_id({key});
      if (!id) return id.error();
      if (!*id) continue;
      make_special(**id);
      vocabulary_.entries[static_cast<size_t>(**id)].end_of_generation = true;
    }
    return read_ends();
  }

  // Of a Hugging Face directory, whose generation_config.json lists them (engine/huggingface).
  Status read_ends() {
    constexpr std::string_view key = "tokenizer.ggml.end_token_ids";
    if (file_.find(key) == nullptr) return base::Done{};
    const auto ids = file_.integers(key);
    if (!ids) return ids.error();
    for (const int64_t id : *ids) {
      if (id < 0 || static_cast<size_t>(id) >= vocabulary_.entries.size()) {
        return fail(file_.path(), ": key '", key, "' holds ", id, ", but the vocabulary has ",
                    vocabulary_.entries.size(), " tokens");
      }
      make_special(static_cast<Token>(id));
      vocabulary_.entries[static_cast<size_t>(id)].end_of_generation = true;
    }
    return base::Done{};
  }

  // The marks between messages are said, since they tell what is thought from the answer
  // (remote/thinking.h), and none of them ends the turn.
  Status read_harmony() {
    const auto entry_of = [&](std::string_view text) -> Entry* {
      const auto found = vocabulary_.special_by_text.find(text);
      return found == vocabulary_.special_by_text.end() ? nullptr
                                                        : &vocabulary_.entries[found->second];
    };
    const auto is_there = [&](std::string_view text) { return entry_of(text) != nullptr; };
    if (has_scores_ || !std::all_of(std::begin(harmony_marks), std::end(harmony_marks), is_there)) {
      return base::Done{};
    }
    for (const std::string_view mark : harmony_marks) {
      Entry& entry = *entry_of(mark);
      entry.bytes = said(entry.text);
      entry.end_of_generation = false;
    }
    for (const std::string_view end : harmony_ends) {
      if (Entry* const entry = entry_of(end)) entry->end_of_generation = true;
    }
    return base::Done{};
  }

  std::optional<Token> find_text(std::string_view text) const {
    if (const auto found = vocabulary_.special_by_text.find(text);
        found != vocabulary_.special_by_text.end()) {
      return found->second;
    }
    const Token token = ordinary_.find(text);
    return token == TextIndex::none ? std::nullopt : std::optional<Token>(token);
  }

  Status read_fim() {
    auto prefix = read_id({"tokenizer.ggml.fim_pre_token_id", "tokenizer.ggml.prefix_token_id"});
    if (!prefix) return prefix.error();
    auto suffix = read_id({"tokenizer.ggml.fim_suf_token_id", "tokenizer.ggml.suffix_token_id"});
    if (!suffix) return suffix.error();
    auto middle = read_id({"tokenizer.ggml.fim_mid_token_id", "tokenizer.ggml.middle_token_id"});
    if (!middle) return middle.error();
    for (const FimFamily& family : fim_families) {
      const auto by_text =
          std::array{find_text(family.prefix), find_text(family.suffix), find_text(family.middle)};
      if (!by_text[0] || !by_text[1] || !by_text[2]) continue;
      if (!*prefix) *prefix = by_text[0];
      if (!*suffix) *suffix = by_text[1];
      if (!*middle) *middle = by_text[2];
      break;
    }
    if (!*prefix || !*suffix || !*middle) return base::Done{};
    vocabulary_.fim = FimTokens{**prefix, **suffix, **middle, fim_order(**prefix)};
    for (const Token token : {**prefix, **suffix, **middle}) make_special(token);
    return base::Done{};
  }

  // Told by the tokens' texts, but both Mellums have StarCoder's; the first is a Llama.
  FimOrder fim_order(Token prefix) const {
    const std::string_view text = vocabulary_.entries[static_cast<size_t>(prefix)].text;
    const auto same = [&](const FimFamily& family) { return family.prefix == text; };
    const auto* family = std::find_if(std::begin(fim_families), std::end(fim_families), same);
    const auto pre = file_.string("tokenizer.ggml.pre");
    const auto architecture = file_.string("general.architecture");
    if ((pre && *pre == "mellum") || (architecture && *architecture == "mellum")) {
      return FimOrder::suffix_first;
    }
    return family == std::end(fim_families) ? FimOrder::prefix_first : family->order;
  }

  Status read_scores(const std::array<Token, 256>& byte_tokens) {
    const auto scores = file_.floats(scores_key);
    if (!scores) return scores.error();
    if (scores->size() != types_.size()) {
      return fail(file_.path(), ": key '", scores_key, "' has ", scores->size(), " entries for ",
                  types_.size(), " tokens");
    }
    std::vector<SentencePiece::Piece> pieces;
    for (size_t token = 0; token < types_.size(); ++token) {
      const Entry& entry = vocabulary_.entries[token];
      if (types_[token] != normal || entry.bytes.empty() || !is_ordinary(token)) continue;
      if (std::isnan((*scores)[token])) {
        return fail(file_.place_of(scores_key), ": entry ", token, " is no number");
      }
      pieces.push_back({entry.bytes, static_cast<Token>(token), (*scores)[token]});
    }
    vocabulary_.sentence_piece = std::make_unique<const SentencePiece>(pieces, byte_tokens);
    return base::Done{};
  }

  Status read_merges() {
    std::array<Token, 256> byte_tokens;
    if (auto status = read_bytes(byte_tokens); !status) return status;
    if (has_scores_) return read_scores(byte_tokens);
    const auto texts = file_.strings(merges_key);
    if (!texts) return texts.error();
    std::vector<Merges::Rule> rules;
    rules.reserve(texts->size());
    std::string merged;
    for (size_t index = 0; index < texts->size(); ++index) {
      const std::string_view text = (*texts)[index];
      const size_t gap = text.find(' ');
      if (gap == std::string_view::npos || gap == 0 || gap + 1 == text.size()) {
        return fail(file_.place_of(merges_key), ": entry ", index, " is '", text,
                    "'; a merge is two tokens with a space between");
      }
      merged.assign(text.substr(0, gap)).append(text.substr(gap + 1));
      Merges::Rule rule{};
      for (const auto& [part, token] : {std::pair{text.substr(0, gap), &rule.left},
                                        std::pair{text.substr(gap + 1), &rule.right},
                                        std::pair{std::string_view(merged), &rule.merged}}) {
        *token = ordinary_.find(part);
        if (*token == TextIndex::none) {
          return fail(file_.place_of(merges_key), ": entry ", index, " is '", text, "', but '",
                      part, "' is no token of '", tokens_key, "'");
        }
      }
      rules.push_back(rule);
    }
    vocabulary_.merges = Merges(rules, byte_tokens);
    return base::Done{};
  }

  // Every byte that UTF-8 uses needs a token of its own; others are replaced when text is encoded.
  Status read_bytes(std::array<Token, 256>& byte_tokens) {
    byte_tokens.fill(-1);
    for (size_t token = 0; token < vocabulary_.entries.size(); ++token) {
      const std::string_view bytes = vocabulary_.entries[token].bytes;
      const bool is_byte = !has_scores_ || types_[token] == byte;
      if (bytes.size() == 1 && is_byte && is_ordinary(token)) {
        byte_tokens[static_cast<uint8_t>(bytes[0])] = static_cast<Token>(token);
      }
    }
    vocabulary_.has_all_bytes = true;
    for (size_t value = 0; value < 256; ++value) {
      vocabulary_.has_byte[value] = byte_tokens[value] >= 0;
      if (byte_tokens[value] >= 0) continue;
      vocabulary_.has_all_bytes = false;
      const bool in_utf8 = value < 0xc0 || (value > 0xc1 && value < 0xf5);
      if (in_utf8) {
        return fail(file_.place_of(tokens_key), ": has no token for the byte ", value);
      }
    }
    return base::Done{};
  }

  void index() {
    std::vector<std::pair<std::string_view, Token>> literal;
    for (auto& [text, token] : added_) {
      const Entry& entry = vocabulary_.entries[static_cast<size_t>(token)];
      if (entry.special) continue;
      text = entry.bytes;
      literal.emplace_back(text, token);
    }
    vocabulary_.literal_tokens = AddedTokens(std::move(literal));
    vocabulary_.parsed_tokens = AddedTokens(std::move(added_));
    // Llama 3 and Mistral take a piece that is a token for that token.
    if (vocabulary_.pre_tokenizer == PreTokenizer::llama_bpe ||
        vocabulary_.pre_tokenizer == PreTokenizer::tekken) {
      vocabulary_.takes_whole_words = true;
      vocabulary_.whole_words = TextIndex(vocabulary_.entries.size());
      for (size_t token = 0; token < vocabulary_.entries.size(); ++token) {
        if (!is_ordinary(token)) continue;
        vocabulary_.whole_words.add(vocabulary_.entries[token].bytes, static_cast<Token>(token));
      }
    }
    sort_by_bytes();
  }

  // Not special, and the one that merges make where several tokens have its text.
  bool is_ordinary(size_t token) const {
    return ordinary_.find(vocabulary_.entries[token].text) == static_cast<Token>(token);
  }

  void sort_by_bytes() {
    // The first eight bytes as a number decide most comparisons without a look at the text.
    struct Key {
      uint64_t start;
      std::string_view bytes;
      Token token;
    };
    std::vector<Key> keys;
    keys.reserve(vocabulary_.entries.size());
    for (size_t token = 0; token < vocabulary_.entries.size(); ++token) {
      const std::string_view bytes = vocabulary_.entries[token].bytes;
      if (bytes.empty() || vocabulary_.entries[token].special) continue;
      uint64_t start = 0;
      for (size_t index = 0; index < 8; ++index) {
        start = start << 8 | (index < bytes.size() ? static_cast<uint8_t>(bytes[index]) : 0u);
      }
      keys.push_back({start, bytes, static_cast<Token>(token)});
    }
    std::sort(keys.begin(), keys.end(), [](const Key& left, const Key& right) {
      if (left.start != right.start) return left.start < right.start;
      return std::tie(left.bytes, left.token) < std::tie(right.bytes, right.token);
    });
    vocabulary_.by_bytes.reserve(keys.size());
    for (const Key& key : keys) vocabulary_.by_bytes.push_back(key.token);
  }

  const gguf::File& file_;
  Vocabulary& vocabulary_;
  bool has_scores_ = false;  // the kind 'llama'
  std::vector<int64_t> types_;
  TextIndex ordinary_;  // tokens in the byte-level alphabet, or with a score, by their spelling
  std::vector<std::pair<std::string_view, Token>> added_;
};

}  // namespace

Result<std::unique_ptr<const Vocabulary>> load_vocabulary(const gguf::File& file) {
  auto vocabulary = std::make_unique<Vocabulary>();
  if (auto status = VocabularyLoader(file, *vocabulary).load(); !status) return status.error();
  return std::unique_ptr<const Vocabulary>(std::move(vocabulary));
}

}  // namespace engine::tokenizer
