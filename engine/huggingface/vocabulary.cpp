#include "engine/huggingface/vocabulary.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/format.h"
#include "engine/huggingface/chat_template.h"
#include "engine/huggingface/pre_tokenizer.h"

namespace engine::huggingface {
namespace {

using base::concat;
using base::fail;
using base::in_quotes;
using base::JsonKind;
using base::JsonValue;
using base::Status;

// The values of `tokenizer.ggml.token_type`.
enum TokenType : int32_t { normal = 1, control = 3, user_defined = 4, unused = 5 };

constexpr int64_t most_tokens = 1 << 24;

class Vocabulary {
 public:
  Vocabulary(Fields& tokenizer, size_t size) : tokenizer_(tokenizer) {
    texts_.resize(size);
    types_.assign(size, unused);
  }

  Status read() {
    const auto vocab = tokenizer_.find("model.vocab");
    if (!vocab || vocab->kind() != JsonKind::object) {
      return refuse("model.vocab", "is missing or no JSON object");
    }
    Status status = base::Done{};
    vocab->for_each_member([&](std::string_view text, JsonValue id) {
      if (status.ok()) status = set(text, id, normal);
    });
    const auto added = tokenizer_.find("added_tokens");
    if (added) {
      added->for_each([&](JsonValue token) {
        if (status.ok()) status = read_added(token);
      });
    }
    if (!status) return status;
    // Models have more rows than the vocabulary has tokens, to be divisible by some power of two.
    for (size_t id = 0; id < texts_.size(); ++id) {
      if (types_[id] == unused) texts_[id] = padding_.emplace_back(concat("[PAD", id, "]"));
    }
    return read_merges();
  }

  void add_to(gguf::Assembly& model) const {
    model.add_strings("tokenizer.ggml.tokens", texts_, tokenizer_.place_of("model.vocab"));
    model.add_integers("tokenizer.ggml.token_type", types_, tokenizer_.place_of("added_tokens"));
    std::vector<std::string_view> merges(merges_.begin(), merges_.end());
    model.add_strings("tokenizer.ggml.merges", merges, tokenizer_.place_of("model.merges"));
  }

  std::optional<int32_t> find(std::string_view text) const {
    const auto found = std::find(texts_.begin(), texts_.end(), text);
    if (found == texts_.end()) return std::nullopt;
    return static_cast<int32_t>(found - texts_.begin());
  }
  size_t size() const { return texts_.size(); }

 private:
  template <typename... Why>
  base::Error refuse(std::string_view field, const Why&... why) const {
    return fail(tokenizer_.place_of(field), ": ", why...);
  }

  Status set(std::string_view text, JsonValue value, TokenType type) {
    const std::string place =
        concat(tokenizer_.path(), ": token ", in_quotes(text), " at byte ", value.offset());
    const auto id = value.integer();
    if (!id || *id < 0 || *id >= static_cast<int64_t>(texts_.size())) {
      return fail(place, ": its id is none of the vocab_size ", texts_.size(), " of config.json");
    }
    const auto index = static_cast<size_t>(*id);
    if (types_[index] != unused && texts_[index] != text) {
      return fail(place, ": has the id ", *id, ", which token ", in_quotes(texts_[index]),
                  " has already");
    }
    texts_[index] = text;
    types_[index] = type;
    return base::Done{};
  }

  Status read_added(JsonValue token) {
    const auto content = token.find("content");
    const auto id = token.find("id");
    if (!content || !content->string() || !id) {
      return fail(tokenizer_.path(), ": field 'added_tokens' at byte ", token.offset(),
                  ": a token without content or id");
    }
    const auto special = token.find("special");
    const bool is_special = special && special->boolean().value_or(false);
    return set(*content->string(), *id, is_special ? control : user_defined);
  }

  // "left right", or a list of the two.
  Status read_merges() {
    const auto merges = tokenizer_.find("model.merges");
    if (!merges || merges->kind() != JsonKind::array) {
      return refuse("model.merges", "is missing or no list");
    }
    Status status = base::Done{};
    merges->for_each([&](JsonValue merge) {
      std::vector<std::string_view> parts;
      merge.for_each([&](JsonValue part) { parts.push_back(part.string().value_or("")); });
      if (const auto text = merge.string()) {
        merges_.emplace_back(*text);
      } else if (parts.size() == 2) {
        merges_.push_back(concat(parts[0], " ", parts[1]));
      } else if (status.ok()) {
        status = fail(tokenizer_.path(), ": field 'model.merges' at byte ", merge.offset(),
                      ": a merge is two tokens");
      }
    });
    return status;
  }

  Fields& tokenizer_;
  std::vector<std::string_view> texts_;  // by id
  std::vector<int32_t> types_;
  std::deque<std::string> padding_;
  std::vector<std::string> merges_;
};

Status check_model(Fields& tokenizer) {
  const std::string_view type = tokenizer.text_or("model.type", "BPE");
  if (type != "BPE" || tokenizer.boolean_or("model.byte_fallback", false)) {
    tokenizer.refuse("model", "is ", in_quotes(type),
                     type == "BPE" ? " with byte fallback; lemma reads such from GGUF files alone"
                                   : "; lemma reads byte-level BPE vocabularies");
  }
  const std::string_view normalizer = tokenizer.text_or("normalizer.type", "NFC");
  const auto inner = tokenizer.find("normalizer.normalizers");
  const bool is_empty = normalizer == "Sequence" && (!inner || inner->size() == 0);
  if (normalizer != "NFC" && !is_empty) {
    tokenizer.refuse("normalizer", "is ", in_quotes(normalizer),
                     "; lemma encodes text as it is and knows none but NFC");
  }
  if (!tokenizer.ok()) return tokenizer.error();
  return base::Done{};
}

// The text of a token that is named by its text or by an object that holds it.
std::string_view token_text(const Fields& fields, const std::string& name) {
  auto value = fields.find(name);
  if (value && value->kind() == JsonKind::object) value = value->find("content");
  return value ? value->string().value_or("") : std::string_view();
}

// Whether the post-processor begins texts with a special token.
bool begins_with_token(std::optional<JsonValue> processor) {
  if (!processor) return false;
  bool begins = false;
  if (const auto inner = processor->find("processors")) {
    inner->for_each([&](JsonValue each) { begins = begins || begins_with_token(each); });
  }
  if (const auto single = processor->find("single")) {
    bool first = true;
    single->for_each([&](JsonValue piece) {
      begins = begins || (first && piece.find("SpecialToken"));
      first = false;
    });
  }
  return begins;
}

// How texts begin and end.
class Ends {
 public:
  Ends(const Fields& tokenizer, const Vocabulary& vocabulary, gguf::Assembly& model)
      : tokenizer_(tokenizer), vocabulary_(vocabulary), model_(model) {}

  Status add(const std::string& folder, const Fields& config) {
    auto settings = Fields::open(folder + "/tokenizer_config.json");
    if (!settings) return settings.error();
    auto generation = Fields::open(folder + "/generation_config.json");
    if (!generation) return generation.error();
    if (auto status = add_chat_template(folder, *settings, model_); !status) return status;
    add_named(bos, *settings, "bos_token");
    add_named(eos, *settings, "eos_token");
    std::vector<int32_t> ends;
    for (const Fields* fields : {&std::as_const(*generation), &config}) {
      const auto begin = ids_of(*fields, "bos_token_id");
      if (!begin.empty()) add_id(bos, begin.front(), fields->place_of("bos_token_id"));
      for (const int32_t id : ids_of(*fields, "eos_token_id")) {
        add_id(eos, id, fields->place_of("eos_token_id"));
        ends.push_back(id);
      }
    }
    model_.add_integers(ends_key, ends, folder + "/generation_config.json");
    const bool begins =
        settings->boolean_or("add_bos_token", begins_with_token(tokenizer_.find("post_processor")));
    if (!settings->ok()) return settings->error();
    model_.add("tokenizer.ggml.add_bos_token", begins, settings->place_of("add_bos_token"));
    return base::Done{};
  }

 private:
  static constexpr std::string_view bos = "tokenizer.ggml.bos_token_id";
  // Said by this folder alone: GGUF has no list of the tokens that end a text.
  static constexpr std::string_view ends_key = "tokenizer.ggml.end_token_ids";
  static constexpr std::string_view eos = "tokenizer.ggml.eos_token_id";

  void add_named(std::string_view key, const Fields& fields, const std::string& name) {
    const std::string_view text = token_text(fields, name);
    const auto id = text.empty() ? std::nullopt : vocabulary_.find(text);
    if (id) add_id(key, *id, fields.place_of(name));
  }

  // The first one counts.
  void add_id(std::string_view key, int32_t id, std::string place) {
    if (!model_.has(key)) model_.add(key, static_cast<uint64_t>(id), std::move(place));
  }

  // One id or a list; those that the vocabulary does not have are left out.
  std::vector<int32_t> ids_of(const Fields& fields, const std::string& name) const {
    std::vector<int32_t> ids;
    const auto value = fields.find(name);
    if (!value) return ids;
    const auto add_one = [&](JsonValue element) {
      const auto id = element.integer();
      if (!id || *id < 0 || *id >= static_cast<int64_t>(vocabulary_.size())) return;
      ids.push_back(static_cast<int32_t>(*id));
    };
    value->kind() == JsonKind::array ? value->for_each(add_one) : add_one(*value);
    return ids;
  }

  const Fields& tokenizer_;
  const Vocabulary& vocabulary_;
  gguf::Assembly& model_;
};

}  // namespace

Status add_vocabulary(const std::string& folder, const Fields& config, gguf::Assembly& model) {
  const std::string path = folder + "/tokenizer.json";
  std::error_code ignored;  // a file that cannot be looked at is not there
  if (!std::filesystem::exists(path, ignored)) {
    return fail(
        path,
        ": is missing; take it from where the model is from (of older models, "
        "transformers makes it: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER))");
  }
  auto tokenizer = Fields::open(path);
  if (!tokenizer) return tokenizer.error();
  if (auto status = check_model(*tokenizer); !status) return status;
  const auto pre = pre_tokenizer_of(*tokenizer);
  if (!pre) return pre.error();
  const auto size_field = config.find("vocab_size");
  const int64_t size = size_field ? size_field->integer().value_or(0) : 0;
  if (size < 1 || size > most_tokens) {
    return fail(config.place_of("vocab_size"), ": must be a number from 1 to ", most_tokens);
  }
  Vocabulary vocabulary(*tokenizer, static_cast<size_t>(size));
  if (auto status = vocabulary.read(); !status) return status;
  model.add("tokenizer.ggml.model", std::string_view("gpt2"), tokenizer->place_of("model"));
  model.add("tokenizer.ggml.pre", *pre, tokenizer->place_of("pre_tokenizer"));
  vocabulary.add_to(model);
  return Ends(*tokenizer, vocabulary, model).add(folder, config);
}

}  // namespace engine::huggingface
