// The other places of a name whose spelling was changed at one of them.
#pragma once

#include <vector>

#include "lsp/features/next_edits/next_edits.h"
#include "lsp/features/next_edits/occurrences.h"

namespace lsp::features::next_edits {

// What a hunk did to the words that it lies in.
struct Change {
  Range range;         // bytes of the document, whole words
  std::string before;  // what stood there
  std::string after;   // what does now
  size_t order;        // see text::Hunk
};

inline bool are_alike(const Change& a, const Change& b) {
  return a.after == b.after && a.before == b.before;
}

Change whole_words(std::string_view text, const text::Hunk& hunk, IsName is_name);
// Whether one name became another one.
bool renames(const Change& change, IsName is_name);

// `changes` and `fresh` are all that are known. Empty where the change is none of a name for all
// its places: where it is a use of another name, where the old name is bound before, or was bound
// anew since.
std::vector<Edit> renamed(const Occurrences& document, const Change& change,
                          const std::vector<Change>& changes,
                          const std::vector<text::Fresh>& fresh);

}  // namespace lsp::features::next_edits
