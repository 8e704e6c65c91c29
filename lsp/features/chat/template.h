// How a conversation is put to a model: by the chat template that its file brings.
//
// The tokens are those of transformers' apply_chat_template. What a person or a file wrote is
// encoded as it stands, so that it cannot forge a turn: the template's own text alone becomes
// special tokens.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/gguf/file.h"
#include "engine/tokenizer/tokenizer.h"
#include "lsp/features/chat/model.h"
#include "lsp/features/jinja/template.h"

namespace lsp::features::chat {

// Immutable.
class Template {
 public:
  using Pointer = std::shared_ptr<const Template>;

  // Of a model's file or folder, with the tokens that begin and end its texts. An error says that
  // there is none, or what in it lemma does not know: a conversation is rendered once, on trial.
  static Result<Pointer> read(const engine::gguf::File& file);
  static Result<Pointer> make(std::string_view source, std::string_view bos, std::string_view eos);

  Ability ability() const { return ability_; }
  // What the prompt ends in that belongs to the answer: "<think>", or nothing.
  std::string_view opening() const { return opening_; }
  // What ends the model's turn besides its end token: where turns have no marks, a model may go on
  // with the user's.
  const std::vector<std::string>& stop_texts() const { return stop_texts_; }

  // Up to where the model goes on. An error where the vocabulary lacks a token of the template.
  Result<std::vector<engine::tokenizer::Token>> tokens_of(
      const std::vector<Message>& messages, const engine::tokenizer::Tokenizer& tokenizer) const;

 private:
  explicit Template(jinja::Template form) : form_(std::move(form)) {}
  Result<jinja::Text> render(const std::vector<Message>& messages) const;
  Result<jinja::Text> render_on_trial() const;

  jinja::Template form_;
  std::string bos_, eos_;
  Ability ability_ = Ability::instruct;
  std::string opening_;
  std::vector<std::string> stop_texts_;
};

}  // namespace lsp::features::chat
