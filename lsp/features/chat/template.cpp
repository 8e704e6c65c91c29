#include "lsp/features/chat/template.h"

#include <algorithm>

#include "engine/base/format.h"

namespace lsp::features::chat {
namespace {

using engine::base::fail;
using engine::tokenizer::Token;
using engine::tokenizer::Tokenizer;
using Role = Message::Role;

constexpr std::string_view begin_thinking = "<think>", end_thinking = "</think>";
constexpr std::string_view analysis = "<|channel|>analysis";  // gpt-oss's place for thoughts

const char* name_of(Role role) {
  return role == Role::system ? "system" : role == Role::user ? "user" : "assistant";
}

std::string_view without_end_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \n") + 1);
}

// The text of the token whose id is under `key`; nothing without one.
std::string token_text(const engine::gguf::File& file, const char* key) {
  const auto id = file.integer(key);
  const auto tokens = file.strings("tokenizer.ggml.tokens");
  return id && tokens && *id < tokens->size() ? std::string((*tokens)[*id]) : "";
}

// A mark that the template itself wrote, such as <|im_end|>, and the vocabulary does not have: as
// plain text it would be no mark.
std::string missing_mark(const jinja::Text& text, const Tokenizer& tokenizer) {
  for (const auto& [begin, end] :
       {std::pair<std::string_view, std::string_view>{"<|", "|>"}, {"<｜", "｜>"}}) {
    constexpr size_t most_bytes = 64;
    for (size_t at = 0; (at = text.bytes.find(begin, at)) != std::string::npos; ++at) {
      const std::string rest = text.bytes.substr(at, most_bytes);
      const size_t close = rest.find(end, begin.size());
      if (close == std::string::npos) continue;
      const std::string mark = rest.substr(0, close + end.size());
      const bool is_own = text.foreign.substr(at, mark.size()).find('\1') == std::string::npos;
      const bool is_mark = is_own && mark.find_first_of(" \n") == std::string::npos &&
                           mark.find('<', 1) == std::string::npos;
      if (is_mark && !tokenizer.find_special(mark)) return mark;
    }
  }
  return "";
}

}  // namespace

Result<Template::Pointer> Template::read(const engine::gguf::File& file) {
  constexpr const char* key = "tokenizer.chat_template";
  if (file.find(key) == nullptr) {
    return fail(file.path(), " completes code alone: it has no chat template (", key,
                "), as models that follow instructions have");
  }
  const auto source = file.string(key);
  if (!source) return source.error();
  auto made = make(*source, token_text(file, "tokenizer.ggml.bos_token_id"),
                   token_text(file, "tokenizer.ggml.eos_token_id"));
  if (!made) return fail(file.place_of(key), ": ", made.message());
  return made;
}

Result<Template::Pointer> Template::make(std::string_view source, std::string_view bos,
                                         std::string_view eos) {
  auto form = jinja::Template::parse(std::string(source));
  if (!form) return form.error();
  Template made(*std::move(form));
  made.bos_ = bos;
  made.eos_ = eos;
  const auto trial = made.render_on_trial();
  if (!trial) return trial.error();
  const std::string_view ending = without_end_blanks(trial->bytes);
  // Models that may think or not have a template that ends the thinking before it begins.
  const bool may_think =
      source.find(end_thinking) != source.npos || source.find(analysis) != source.npos;
  if (may_think && !ending.ends_with(end_thinking)) made.ability_ = Ability::reason;
  if (ending.ends_with(begin_thinking)) made.opening_ = begin_thinking;
  constexpr const char* turn_in_words = "\n\nUser:";
  if (trial->bytes.find(turn_in_words) != std::string::npos) made.stop_texts_ = {turn_in_words};
  return std::make_shared<const Template>(std::move(made));
}

// All that lemma ever puts to a model, so that what is not known is said when the model is chosen.
// A template that writes nothing of what was said is none that could be used.
Result<jinja::Text> Template::render_on_trial() const {
  const std::vector<Message> all{{Role::system, "lemma 1"},
                                 {Role::user, "lemma 2"},
                                 {Role::assistant, "lemma 3"},
                                 {Role::user, "lemma 4"}};
  auto text = render(all);
  if (!text) return text;
  for (const Message& message : all) {
    if (text->bytes.find(message.text) == std::string::npos) {
      return fail("the chat template leaves out what the ", name_of(message.role), " says");
    }
  }
  return text;
}

Result<jinja::Text> Template::render(const std::vector<Message>& messages) const {
  jinja::List turns;
  for (const auto& [role, text] : messages) {
    turns.emplace_back(jinja::Dict{{"role", jinja::Value(name_of(role))},
                                   {"content", jinja::Value(jinja::Text::from_outside(text))}});
  }
  return form_.render({{"messages", jinja::Value(std::move(turns))},
                       {"add_generation_prompt", jinja::Value(true)},
                       {"tools", jinja::Value(jinja::None{})},
                       {"documents", jinja::Value(jinja::None{})},
                       {"bos_token", jinja::Value(jinja::Text::own(bos_))},
                       {"eos_token", jinja::Value(jinja::Text::own(eos_))}});
}

Result<std::vector<Token>> Template::tokens_of(const std::vector<Message>& messages,
                                               const Tokenizer& tokenizer) const {
  const auto text = render(messages);
  if (!text) return text.error();
  const std::string missing = missing_mark(*text, tokenizer);
  if (!missing.empty()) {
    return fail("the model's vocabulary has no ", missing, ", which its chat template uses");
  }
  std::vector<Token> tokens = tokenizer.encode(text->bytes, text->foreign);
  const auto bos = tokenizer.bos();
  if (bos && (tokens.empty() || tokens.front() != *bos)) tokens.insert(tokens.begin(), *bos);
  return tokens;
}

}  // namespace lsp::features::chat
