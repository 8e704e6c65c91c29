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

// How a model's file, or folder of Hugging Face, is spoken to. An error names it, and says what is
// missing: most models complete alone.
Result<Template::Pointer> template_of_model(const std::string& path);

class LocalModel : public Model {
 public:
  // `acquire` gives the engine, and may take its time; it is called for each answer.
  using Acquire = std::function<Result<std::shared_ptr<engine::session::Engine>>()>;
  LocalModel(std::string path, Template::Pointer form, Acquire acquire)
      : path_(std::move(path)), form_(std::move(form)), acquire_(std::move(acquire)) {}

  std::string name() const override { return path_; }
  Ability ability() const override { return form_->ability(); }
  Result<Reply> chat(const std::vector<Message>& messages, const Sampling& sampling,
                     const OnPiece& on_piece, std::stop_token stop) override;

 private:
  const std::string path_;
  const Template::Pointer form_;
  const Acquire acquire_;
};

}  // namespace lsp::features::chat
