#include "lsp/features/chat/conversation.h"

namespace lsp::features::chat {
namespace {

constexpr const char* instructions =
    "You answer questions about code in an editor, briefly and to the point, in the language of "
    "the question. Say so where you are not sure. Code stands in Markdown fences.";
constexpr int max_tokens = 16'384;

}  // namespace

Result<Reply> converse(const std::vector<Message>& turns, Model& model, const OnPiece& on_piece,
                       std::stop_token stop) {
  std::vector<Message> messages{{Message::Role::system, instructions}};
  messages.insert(messages.end(), turns.begin(), turns.end());
  return model.chat(messages, {.max_tokens = max_tokens}, on_piece, std::move(stop));
}

}  // namespace lsp::features::chat
