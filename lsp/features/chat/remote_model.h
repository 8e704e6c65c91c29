// The model behind an OpenAI-compatible endpoint.
#pragma once

#include <utility>

#include "lsp/features/chat/model.h"

namespace lsp::features::chat {

class RemoteModel : public Model {
 public:
  RemoteModel(engine::remote::Endpoint endpoint, Ability ability)
      : client_(std::move(endpoint)), ability_(ability) {}

  std::string name() const override {
    return client_.endpoint().model + " at " + client_.endpoint().url;
  }
  Ability ability() const override { return ability_; }
  Result<Reply> chat(const std::vector<Message>& messages, const Sampling& sampling,
                     const OnPiece& on_piece, std::stop_token stop) override {
    return client_.chat(messages, sampling, on_piece, std::move(stop));
  }

 private:
  const engine::remote::Client client_;
  const Ability ability_;
};

}  // namespace lsp::features::chat
