#include "lsp/features/chat/template.h"

#include "engine/base/format.h"

namespace lsp::features::chat {
namespace {

using engine::base::fail;
using engine::tokenizer::SpecialTokens;
using engine::tokenizer::Token;
using engine::tokenizer::Tokenizer;
using Role = Message::Role;

constexpr const char* user_mark = "<｜User｜>";
constexpr const char* assistant_mark = "<｜Assistant｜>";

void append(std::vector<Token>& tokens, const std::vector<Token>& more) {
  tokens.insert(tokens.end(), more.begin(), more.end());
}

}  // namespace

std::optional<Style> style_of(std::string_view chat_template) {
  const auto has = [&](std::string_view text) {
    return chat_template.find(text) != std::string_view::npos;
  };
  if (has(assistant_mark)) return has("</think>") ? Style::deepseek_r1 : Style::deepseek_v3;
  if (has("'User: '") && has("Assistant:")) return Style::deepseek_v2;
  return std::nullopt;
}

std::vector<std::string> stop_texts_of(Style style) {
  if (style != Style::deepseek_v2) return {};
  return {"\n\nUser:"};
}

std::string_view opening_of(Style style) { return style == Style::deepseek_r1 ? "<think>" : ""; }

Result<std::vector<Token>> tokens_of(const std::vector<Message>& messages, Style style,
                                     const Tokenizer& tokenizer) {
  const auto user = tokenizer.find_special(user_mark);
  const auto assistant = tokenizer.find_special(assistant_mark);
  const bool marked = style != Style::deepseek_v2;
  if (marked && (!user || !assistant)) {
    return fail("the model's vocabulary has no ", user_mark, " or ", assistant_mark,
                ", which its chat template uses");
  }
  std::vector<Token> tokens;
  if (const auto begin = tokenizer.bos()) tokens.push_back(*begin);
  const auto say = [&](std::string_view text) {
    append(tokens, tokenizer.encode(text, SpecialTokens::literal));
  };
  for (const auto& [role, text] : messages) {
    if (role == Role::system) {
      say(marked ? text : text + "\n\n");
    } else if (marked) {
      tokens.push_back(role == Role::user ? *user : *assistant);
      say(text);
    } else {
      say(role == Role::user ? "User: " + text + "\n\n" : "Assistant: " + text);
    }
    const auto end = tokenizer.eos();
    if (role == Role::assistant && end) tokens.push_back(*end);
  }
  if (marked) {
    tokens.push_back(*assistant);
  } else {
    say("Assistant:");
  }
  if (style == Style::deepseek_r1) {
    append(tokens, tokenizer.encode("<think>\n", SpecialTokens::parsed));
  }
  return tokens;
}

}  // namespace lsp::features::chat
