// The engine and the completion feature behind the server's Model. Keeps for each open document
// its tree and the anchor of its prompt.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "lsp/context/buffers.h"
#include "lsp/context/ignored.h"
#include "lsp/features/completion.h"
#include "lsp/server/model.h"
#include "lsp/server/settings.h"

namespace lsp {

namespace base = engine::base;

class EngineModel : public server::Model {
 public:
  // Blocks until the model is loaded.
  static base::Result<std::shared_ptr<EngineModel>> load(const server::Settings& settings);
  EngineModel(std::unique_ptr<engine::session::Engine> engine, server::ModelInfo info);

  const server::ModelInfo& info() const override { return info_; }
  base::Result<std::optional<server::Answer>> complete(const server::Question& question,
                                                       std::stop_token stop) override;
  void prepare(const server::Snapshot& document, const std::vector<std::string>& folders) override;
  void forget(const std::string& uri) override;

  // The same with its figures and sources.
  base::Result<std::optional<features::Completion>> completion(const server::Question& question,
                                                               std::stop_token stop);

 private:
  struct Kept {
    std::shared_ptr<const syntax::Tree> tree;  // of the last snapshot that was parsed
    context::Anchor anchor;                    // of the one completion that runs
  };
  std::shared_ptr<Kept> kept(const std::string& uri);
  std::shared_ptr<const syntax::Tree> parse(const server::Snapshot& document,
                                            const syntax::ParseLimits& limits);
  context::OpenText open_text(const server::Snapshot& document,
                              const std::vector<std::string>& folders,
                              const syntax::ParseLimits& limits);

  std::unique_ptr<engine::session::Engine> engine_;
  server::ModelInfo info_;
  context::BufferCache buffers_;
  context::IgnoreRules ignore_rules_;
  std::mutex mutex_;  // guards kept_ and every `tree` in it
  std::map<std::string, std::shared_ptr<Kept>> kept_;
};

}  // namespace lsp
