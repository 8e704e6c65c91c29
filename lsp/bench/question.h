// Asks an engine as the language server asks it: the anchored prompt, token healing, the memory's
// buffers. The cursor goes through one file after another, as in an editor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/session/engine.h"
#include "lsp/bench/sample.h"
#include "lsp/context/buffers.h"
#include "lsp/context/prompt.h"
#include "lsp/context/workspace.h"

namespace lsp::bench {

class Questions {
 public:
  // The engine and the workspace, which may be null, must outlive it.
  Questions(const engine::session::Engine& engine, context::Workspace* workspace)
      : engine_(engine), workspace_(workspace), buffers_(engine.tokenizer()) {}

  // What to ask for up to `max_tokens` tokens at a cursor between `before` and `after`.
  engine::session::Request at(const SourceFile& file, std::string_view before,
                              std::string_view after, int max_tokens);

  // What the workspace knew at that cursor; null without one.
  const context::Related* related() const { return related_.get(); }

 private:
  const engine::session::Engine& engine_;
  context::Workspace* workspace_;
  context::BufferCache buffers_;
  context::Anchor anchor_;
  std::shared_ptr<const context::Related> related_;
  std::string uri_;
  int64_t version_ = 0;
};

}  // namespace lsp::bench
