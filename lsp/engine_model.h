// The engine and the completion feature behind the server's Model: one engine for the process, and
// for each editor a model that keeps the trees of its documents and the anchors of their prompts.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>

#include "lsp/chat_model.h"
#include "lsp/context/buffers.h"
#include "lsp/context/document_trees.h"
#include "lsp/context/ignored.h"
#include "lsp/features/completion.h"
#include "lsp/formulas.h"
#include "lsp/remote_completion.h"
#include "lsp/server/model.h"
#include "lsp/server/settings.h"
#include "lsp/workspaces.h"

namespace lsp {

namespace base = engine::base;

// Loaded when it is first needed, and again when it was freed. Thread-safe.
class SharedEngine {
 public:
  // `index_folder` is for what is known of workspaces; empty: nothing is.
  explicit SharedEngine(server::Settings settings, engine::session::PrefixFolder prefixes = {},
                        std::string index_folder = {})
      : workspaces(std::move(index_folder)),
        chat_model(make_chat_model(settings, [this] { return acquire_chat(); })),
        formulas(std::make_shared<Formulas>(chat_model, settings.remote.thinking_tokens)),
        remote(make_remote_completion(settings)),
        settings_(std::move(settings)),
        prefixes_(std::move(prefixes)) {}

  Workspaces workspaces;
  const std::shared_ptr<features::chat::Model> chat_model;  // null: there is none
  const std::shared_ptr<Formulas> formulas;
  const std::unique_ptr<RemoteCompletion> remote;  // null: keystrokes are the local model's

  // The engine, and what lives and goes with it: texts are indexed once for all editors.
  struct Loaded {
    explicit Loaded(std::shared_ptr<engine::session::Engine> its)
        : engine(std::move(its)), buffers(engine->tokenizer()) {}
    const std::shared_ptr<engine::session::Engine> engine;
    context::BufferCache buffers;
  };

  // Blocks while the model is loaded.
  base::Result<std::shared_ptr<Loaded>> acquire();
  base::Result<std::shared_ptr<engine::session::Engine>> acquire_engine();
  // The same for the model of settings.chat_model.
  base::Result<std::shared_ptr<engine::session::Engine>> acquire_chat();
  // Gives the model's memory back where nobody has acquired the engine for this long, and says
  // whether it did. What is running goes on to its end.
  bool free_if_idle(std::chrono::seconds time);
  const server::Settings& settings() const { return settings_; }
  // For people: who computes instead of what is configured, and why; empty: nobody.
  std::string notice();

 private:
  base::Status load();  // under the lock

  const server::Settings settings_;
  const engine::session::PrefixFolder prefixes_;
  std::mutex mutex_;                               // guards what follows
  std::shared_ptr<Loaded> loaded_;                 // null before it is loaded
  std::shared_ptr<engine::session::Engine> chat_;  // the same
  std::chrono::steady_clock::time_point last_use_;
};

std::vector<wire::TokenExperts> wire_experts(std::vector<features::TokenExperts> experts);

class EngineModel : public server::Model {
 public:
  // Blocks until the model is loaded.
  static base::Result<std::shared_ptr<EngineModel>> load(std::shared_ptr<SharedEngine> shared);
  const server::ModelInfo& info() const override { return info_; }
  int context_tokens() const { return context_tokens_; }
  std::string notice() const override { return shared_->notice(); }
  base::Result<std::optional<server::Answer>> complete(const server::Question& question,
                                                       std::stop_token stop) override;
  void prepare(const server::Snapshot& document, const std::vector<std::string>& folders) override;
  void forget(const std::string& uri) override;

  // Waits until what is known of the workspace around a document is known, so long at most; for
  // commands that answer once.
  void wait_for_workspace(const std::string& uri, const std::vector<std::string>& folders,
                          std::chrono::milliseconds patience);
  // The same with its figures and sources.
  base::Result<std::optional<features::Completion>> completion(const server::Question& question,
                                                               std::stop_token stop);

 private:
  using Loaded = SharedEngine::Loaded;

  EngineModel(std::shared_ptr<SharedEngine> shared, server::ModelInfo info, int context_tokens);
  std::shared_ptr<context::Anchor> anchor(const std::string& uri);
  std::shared_ptr<context::Workspace> workspace(const std::string& uri,
                                                const std::vector<std::string>& folders);
  std::shared_ptr<const context::Related> related(const std::shared_ptr<Loaded>& now,
                                                  const context::OpenText& here, size_t cursor,
                                                  const std::vector<std::string>& folders);
  context::OpenText open_text(const server::Snapshot& document,
                              const std::vector<std::string>& folders,
                              const syntax::ParseLimits& limits);

  const std::shared_ptr<SharedEngine> shared_;
  const server::ModelInfo info_;
  const int context_tokens_;
  context::IgnoreRules ignore_rules_;
  context::DocumentTrees trees_;
  std::mutex mutex_;                                                       // guards what follows
  std::map<std::string, std::shared_ptr<context::Workspace>> workspaces_;  // in use, by root
  // Each of the one completion of its document that runs.
  std::map<std::string, std::shared_ptr<context::Anchor>> anchors_;
};

}  // namespace lsp
