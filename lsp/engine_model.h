// The engine and the completion feature behind the server's Model: for each editor a model that
// keeps the trees of its documents and the anchors of their prompts, over one shared engine.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>

#include "lsp/context/document_trees.h"
#include "lsp/context/ignored.h"
#include "lsp/features/completion.h"
#include "lsp/server/model.h"
#include "lsp/shared_engine.h"

namespace lsp {

std::optional<double> probability_of(std::optional<double> log_probability);
std::vector<wire::TokenExperts> wire_experts(std::vector<features::TokenExperts> experts);

class EngineModel : public server::Model {
 public:
  // Blocks until the model is loaded.
  static base::Result<std::shared_ptr<EngineModel>> load(std::shared_ptr<SharedEngine> shared);
  server::ModelInfo info() const override;
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
  // The same with their figures and sources; none when stopped.
  base::Result<std::vector<features::Completion>> completions(const server::Question& question,
                                                              std::stop_token stop);

 private:
  using Loaded = SharedEngine::Loaded;
  using Completed = base::Result<std::vector<features::Completion>>;

  Completed completions_by(const std::shared_ptr<Loaded>& now, const server::Question& question,
                           std::stop_token stop);
  server::Answer answer_of(features::Completion completion, double context_ms,
                           const Loaded& now) const;

  EngineModel(std::shared_ptr<SharedEngine> shared, int context_tokens);
  std::shared_ptr<context::Anchor> anchor(const std::string& uri);
  std::shared_ptr<context::Workspace> workspace(const std::string& uri,
                                                const std::vector<std::string>& folders);
  std::shared_ptr<const context::Related> related(const std::shared_ptr<Loaded>& now,
                                                  const context::OpenText& here, size_t cursor,
                                                  const std::vector<std::string>& folders,
                                                  std::span<const context::OpenText> open = {});
  context::OpenText open_text(const server::Snapshot& document,
                              const std::vector<std::string>& folders,
                              const syntax::ParseLimits& limits);

  const std::shared_ptr<SharedEngine> shared_;
  const std::string device_;
  const int context_tokens_;
  context::IgnoreRules ignore_rules_;
  context::DocumentTrees trees_;
  std::mutex mutex_;                                                       // guards what follows
  std::map<std::string, std::shared_ptr<context::Workspace>> workspaces_;  // in use, by root
  // Each of the one completion of its document that runs.
  std::map<std::string, std::shared_ptr<context::Anchor>> anchors_;
};

}  // namespace lsp
