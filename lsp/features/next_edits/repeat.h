// Changes that are repeated by the text alone: within lines that were pasted, and like two that
// were made already.
#pragma once

#include <vector>

#include "lsp/features/next_edits/next_edits.h"
#include "lsp/features/next_edits/occurrences.h"
#include "lsp/features/next_edits/rename.h"

namespace lsp::features::next_edits {

struct Text {
  std::string_view text;
  IsName is_name;
  const Occurrences* occurrences;  // null in a language without a grammar
};

// A name was changed in lines that were copied from this document: its other places in them, in
// strings and comments too. Nothing in other lines.
std::vector<Edit> adapted(const Text& text, const Change& change, const std::vector<Range>& blocks);

// The places where the latest of `changes` can be made again, where it was made twice.
std::vector<Edit> repeated(const Text& text, const std::vector<Change>& changes);

}  // namespace lsp::features::next_edits
