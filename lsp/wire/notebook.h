// Notebooks as LSP 3.17 synchronises them: the order of their cells, each of which is a document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lsp/wire/protocol.h"

namespace lsp::wire {

struct NotebookCell {
  bool is_code;          // else text for people
  std::string document;  // URI
};

struct NotebookOpenParams {
  std::string uri;
  std::vector<NotebookCell> cells;
  std::vector<DidOpenParams> documents;
};

struct NotebookChangeParams {
  // Cells that go and cells that come in their place.
  struct Splice {
    size_t start;
    size_t deleted;
    std::vector<NotebookCell> cells;
  };
  std::string uri;
  std::optional<Splice> splice;
  std::vector<DidOpenParams> opened;
  std::vector<DidCloseParams> closed;
  std::vector<DidChangeParams> changed;
};

struct NotebookCloseParams {
  std::string uri;
  std::vector<DidCloseParams> documents;
};

// What a client sends for a notebook whose cells' documents are open already.
Notification did_open_notebook(const std::string& uri, const std::vector<NotebookCell>& cells);

}  // namespace lsp::wire
