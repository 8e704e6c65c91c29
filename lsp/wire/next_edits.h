// lemma/nextEdits: where else the last change of a document should be made.
#pragma once

#include <string>
#include <vector>

#include "lsp/wire/message.h"
#include "lsp/wire/protocol.h"

namespace lsp::wire {

struct NextEdit {
  Span span;  // within one line
  std::string old_text;
  std::string text;
};

// For that version of the document alone; none: there is nothing to do any more. `title` says in
// short what is changed.
Notification next_edits(const std::string& uri, int64_t version, const std::string& title,
                        const std::vector<NextEdit>& edits);

}  // namespace lsp::wire
