// Questions about code, asked by a person. A free function that blocks its worker.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "lsp/features/chat/model.h"

namespace lsp::features::chat {

// The answer to the last of `turns`, user's and assistant's in turn.
Result<Reply> converse(const std::vector<Message>& turns, Model& model, const OnPiece& on_piece,
                       std::stop_token stop);

}  // namespace lsp::features::chat
