// From a question to what the engine is asked.
#pragma once

#include "engine/session/engine.h"
#include "lsp/http/question.h"

namespace lsp::http {

struct Prepared {
  engine::session::Request request;  // its partition and priority are up to the caller
  bool truncated = false;            // something of the question was left out
};

// `chat` for Route::chat, and only there. What surrounds a gap is cut to the context: the text
// nearest to it stays, other files go first. A completion's prompt and a conversation are never
// cut: too long a one is an error, as is whatever the model cannot do.
base::Result<Prepared> prepare(const Question& question, const engine::session::Engine& engine,
                               const Chat* chat = nullptr);

}  // namespace lsp::http
