// The open notebooks: which cells they have, in which order. The cells' texts are documents like
// others. Belongs to the loop's thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lsp/server/documents.h"
#include "lsp/wire/notebook.h"

namespace lsp::server {

// A document within a longer text that a model is to see.
struct Placed {
  Snapshot document;  // has the URI and the version of the one that was placed
  size_t begin;       // bytes: where that one begins in it
};

class Notebooks {
 public:
  // A notebook that is open already is replaced.
  void open(const wire::NotebookOpenParams& params);
  // The cells that change places; an error where the notebook is not open or has no such cells.
  base::Status change(const wire::NotebookChangeParams& params);
  void close(const std::string& uri);
  const std::map<std::string, std::vector<wire::NotebookCell>>& cells() const { return open_; }

  // The code cells of the notebook that `document` is a code cell of, in their order and with it;
  // empty for all other documents.
  std::vector<std::string> cells_around(const std::string& document) const;

  // A code cell between the code cells of its language above and below, which continue each other
  // as if they were one file. Any other document is placed alone.
  Placed place(const Snapshot& document, Documents& documents) const;

 private:
  std::map<std::string, std::vector<wire::NotebookCell>> open_;  // by uri
};

}  // namespace lsp::server
