// lemma/view, a notification from the client: what its user sees.
#pragma once

#include <string>
#include <vector>

#include "lsp/wire/protocol.h"

namespace lsp::wire {

// Replaces what the last one said.
struct ViewParams {
  struct Diagnostic {
    Span span;
    std::string message;
  };
  struct Document {
    std::string uri;
    std::vector<Span> visible;
    std::vector<Diagnostic> diagnostics;  // of other tools
  };
  std::vector<Document> documents;
};

}  // namespace lsp::wire
