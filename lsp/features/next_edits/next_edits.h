// Where else in a document a change that its user has just made should be made too: the other
// places of a name that was changed where it is bound, the rest of a pasted block in which a name
// was changed once, and what looks like two places that were changed alike. By the text and its
// tree alone; no model is asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lsp/syntax/tree.h"
#include "lsp/text/history.h"

namespace lsp::features::next_edits {

using text::Range;

struct Edit {
  Range range;  // bytes of the document, within one line
  std::string text;
};

struct NextEdits {
  std::string before;  // of the change that is repeated; one of both may be empty
  std::string after;
  std::vector<Edit> edits;  // in the order of the text; disjoint
};

// Whether there may be any, judged by the history alone: looking costs a parse.
bool may_have_next(const text::Document& document, const text::History& history);

// `history` tells how the document came to be what it is. The latest change counts first; a name
// that is still bound nowhere under its old spelling counts for as long as its change is known.
NextEdits next_edits(const std::shared_ptr<const text::Document>& document,
                     const text::History& history);

}  // namespace lsp::features::next_edits
