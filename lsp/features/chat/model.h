// A model that can be spoken to, whoever runs it.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "engine/remote/client.h"

namespace lsp::features::chat {

// How conversations look is the engine's word for it, remote or not.
using engine::base::Result;
using engine::remote::Message;
using engine::remote::OnPiece;
using engine::remote::Piece;
using engine::remote::PieceKind;
using engine::remote::Reply;
using engine::remote::Sampling;

// What a model declares: `reason` can do all that `instruct` can, and thinks before.
enum class Ability { instruct, reason };

// Thread-safe.
class Model {
 public:
  virtual ~Model() = default;

  virtual std::string name() const = 0;  // for people
  virtual Ability ability() const = 0;
  // Blocks; as engine::remote::Client::chat.
  virtual Result<Reply> chat(const std::vector<Message>& messages, const Sampling& sampling,
                             const OnPiece& on_piece, std::stop_token stop) = 0;
};

}  // namespace lsp::features::chat
