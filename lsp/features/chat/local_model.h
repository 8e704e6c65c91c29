// A model of this machine that can be spoken to.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "engine/session/engine.h"
#include "lsp/features/chat/model.h"
#include "lsp/features/chat/template.h"

namespace lsp::features::chat {

// What a model's file says of conversations. An error names the file, and says what is missing:
// most models complete alone.
Result<Style> style_of_file(const std::string& path);

class LocalModel : public Model {
 public:
  // `acquire` gives the engine, and may take its time; it is called for each answer.
  using Acquire = std::function<Result<std::shared_ptr<engine::session::Engine>>()>;
  LocalModel(std::string path, Style style, Acquire acquire)
      : path_(std::move(path)), style_(style), acquire_(std::move(acquire)) {}

  std::string name() const override { return path_; }
  Ability ability() const override { return ability_of(style_); }
  Result<Reply> chat(const std::vector<Message>& messages, const Sampling& sampling,
                     const OnPiece& on_piece, std::stop_token stop) override;

 private:
  const std::string path_;
  const Style style_;
  const Acquire acquire_;
};

}  // namespace lsp::features::chat
