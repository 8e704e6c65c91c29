#include "lsp/chat_model.h"

#include <filesystem>

#include "engine/base/format.h"
#include "lsp/features/change/part.h"
#include "lsp/features/chat/conversation.h"
#include "lsp/features/chat/remote_model.h"

namespace lsp {
namespace {

class EditorChat : public server::Chat {
 public:
  explicit EditorChat(std::shared_ptr<features::chat::Model> model) : model_(std::move(model)) {}

  std::string name() const override { return model_->name(); }
  text::Range around(const server::Snapshot& document, size_t offset) const override {
    const auto tree = syntax::Tree::parse(document, nullptr);
    return features::change::part_at(*document, tree.get(), {offset, offset}).lines;
  }
  engine::base::Result<std::string> answer(const std::vector<server::Turn>& turns,
                                           const std::function<void(const server::Said&)>& say,
                                           std::stop_token stop) override {
    using features::chat::Message;
    using features::chat::PieceKind;
    using Kind = server::Said::Kind;
    std::vector<Message> messages;
    for (const auto& [from, text] : turns) {
      const bool is_user = from == server::Turn::From::user;
      messages.push_back({is_user ? Message::Role::user : Message::Role::assistant, text});
    }
    auto reply = features::chat::converse(
        messages, *model_,
        [&](const features::chat::Piece& piece) {
          say({piece.kind == PieceKind::text      ? Kind::text
               : piece.kind == PieceKind::thought ? Kind::thought
                                                  : Kind::all_was_thought,
               piece.text});
          return true;
        },
        std::move(stop));
    if (!reply) return reply.error();
    return std::move(reply->text);
  }

 private:
  const std::shared_ptr<features::chat::Model> model_;
};

}  // namespace

std::shared_ptr<server::Chat> make_chat(std::shared_ptr<features::chat::Model> model) {
  return model ? std::make_shared<EditorChat>(std::move(model)) : nullptr;
}

engine::remote::Endpoint endpoint_of(const server::Settings& settings) {
  const auto& remote = settings.remote;
  return {.url = remote.url,
          .model = remote.model,
          .token_env = remote.token_env,
          .token_file = remote.token_file,
          .fim = remote.fim};
}

std::string remote_problem(const server::Settings& settings) {
  if (settings.remote.url.empty() && !settings.remote.completes) return "";
  const auto status = engine::remote::check(endpoint_of(settings));
  return status ? "" : status.message();
}

std::string chat_problem(const server::Settings& settings) {
  if (!settings.chat_model.empty()) {
    std::error_code ignored;  // what cannot be looked at is not there
    if (!std::filesystem::exists(settings.chat_model, ignored)) {
      return engine::base::concat("no chat model at '", settings.chat_model,
                                  "': model in the section [chat] of ", server::config_path(),
                                  " names a GGUF file or a Hugging Face folder");
    }
    const auto form = features::chat::template_of_model(settings.chat_model);
    return form ? "" : form.message();
  }
  return remote_problem(settings);
}

std::shared_ptr<features::chat::Model> make_chat_model(
    const server::Settings& settings, features::chat::LocalModel::Acquire acquire) {
  using features::chat::Ability;
  if (!settings.chat_model.empty()) {
    auto form = features::chat::template_of_model(settings.chat_model);
    if (!form) return nullptr;
    return std::make_shared<features::chat::LocalModel>(settings.chat_model, *std::move(form),
                                                        std::move(acquire));
  }
  if (settings.remote.url.empty() || !chat_problem(settings).empty()) return nullptr;
  const bool reasons = settings.remote.ability == "reason";
  return std::make_shared<features::chat::RemoteModel>(
      endpoint_of(settings), reasons ? Ability::reason : Ability::instruct);
}

std::string no_chat_model(const server::Settings& settings) {
  const std::string problem = chat_problem(settings);
  if (!problem.empty()) return problem;
  return engine::base::concat(
      "questions, changes, explanations, documentation and problems in words take a model that "
      "follows instructions, and the one at hand completes code alone; in ",
      server::config_path(),
      ", set model in the section [chat] to a GGUF file or a Hugging Face folder of such a model "
      "(DeepSeek, Qwen, Llama, GLM, gpt-oss), or url and model in [remote] to an endpoint of "
      "yours (vLLM, SGLang, llama-server)");
}

}  // namespace lsp
