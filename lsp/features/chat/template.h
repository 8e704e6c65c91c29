// How a conversation is put to the models of DeepSeek's families.
//
// The tokens are those of the chat templates that the families' tokenizer_config.json hold; which
// one a file has is told from that template's text. What a person or a file wrote is encoded as it
// stands, so that it cannot forge a turn.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/tokenizer.h"
#include "lsp/features/chat/model.h"

namespace lsp::features::chat {

enum class Style {
  deepseek_v2,  // "User: …\n\nAssistant: …<end>", also Coder-V2
  deepseek_v3,  // <｜User｜>…<｜Assistant｜>…<end>, also V3's successors without thinking
  deepseek_r1,  // the same, and thinks first; also the distills
};

// Of GGUF's tokenizer.chat_template; nothing for other templates.
std::optional<Style> style_of(std::string_view chat_template);

inline Ability ability_of(Style style) {
  return style == Style::deepseek_r1 ? Ability::reason : Ability::instruct;
}

// What ends the model's turn besides its end token: where the style has no marks of turns, a model
// may go on with the user's.
std::vector<std::string> stop_texts_of(Style style);

// What the prompt ends in that belongs to the answer: "<think>", or nothing.
std::string_view opening_of(Style style);

// Up to where the model goes on. An error where the vocabulary lacks a token of the style.
Result<std::vector<engine::tokenizer::Token>> tokens_of(
    const std::vector<Message>& messages, Style style,
    const engine::tokenizer::Tokenizer& tokenizer);

}  // namespace lsp::features::chat
