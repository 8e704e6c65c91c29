// What an editor offers without lemma: lines of the buffer that begin like the one being written,
// and the buffer's words. Every figure of the benchmark is held against this, so it is to be as
// good as such a thing can be.
#pragma once

#include <string>
#include <string_view>

namespace lsp::bench {

// The rest of the cursor's line, or an empty text. `before` and `after` are the document up to the
// cursor and from the end of the cursor's line on.
//
// 1. Lines that begin with all that stands on the cursor's line, indentation aside, vote for what
//    follows there; a line's vote is 1 / (20 + its distance in lines).
// 2. On a blank line: what followed the lines equal to the last one that is not blank; where there
//    is none, all lines before vote for themselves.
// 3. Else the half-typed word becomes the buffer's word of that beginning with the most votes; a
//    word's vote is 1 / (500 + its distance in bytes).
std::string baseline(std::string_view before, std::string_view after);

}  // namespace lsp::bench
