// What the server asks of those who find where else a change should be made. The program puts
// lsp/features/next_edits behind this (lsp/editor_next_edits.h), tests what they want.
#pragma once

#include <string>
#include <vector>

#include "lsp/server/model.h"
#include "lsp/text/history.h"

namespace lsp::server {

struct NextEdit {
  text::Range range;  // bytes of the document, within one line
  std::string text;
};

struct FoundEdits {
  std::string before;  // of the change that is repeated; one of both may be empty
  std::string after;
  std::vector<NextEdit> edits;  // in the order of the text; disjoint
};

class EditFinder {
 public:
  virtual ~EditFinder() = default;

  // Whether a look is worth its time. Cheap.
  virtual bool may_find(const text::Document& document, const text::History& history) const = 0;
  // On a worker thread.
  virtual FoundEdits find(const Snapshot& document, const text::History& history) const = 0;
};

}  // namespace lsp::server
