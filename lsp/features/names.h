// Names in a suggestion that nothing in sight defines: models invent functions that do not exist.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "lsp/context/prompt.h"
#include "lsp/features/trim.h"

namespace lsp::features {

// A text that is to replace `range` of a document.
struct Suggested {
  const context::OpenText& here;  // with a tree, or nothing is found
  text::Range range;              // bytes
  std::string_view text;
};

// In the order of the text, each as the range of bytes that it has in it. A name is known that is
// visible where it stands, that the language brings along, or that occurs anywhere else in the
// document or in one of the `others`. Names after a dot are nobody's business here. Nothing in
// languages whose names come from files that are not read: C's headers, Java's packages.
std::vector<text::Range> unknown_names(const Suggested& suggested,
                                       std::span<const context::OpenText> others);

// How much is worth showing of a text whose first `typed` bytes are the user's own and whose others
// are of `pieces`. An unknown name is a reason to doubt what the model says: with one, the text
// must be twice as likely as `least`, or it ends before the line of that name.
size_t known_length(const Suggested& suggested, size_t typed, std::span<const ScoredPiece> pieces,
                    double least, std::span<const context::OpenText> others);

// Whether the document with the text in place has no error of syntax there. Never in languages
// where nearly everything parses.
bool parses(const Suggested& suggested);

// Whether the word stands anywhere in the text, as one of its own.
bool has_word(std::string_view text, std::string_view word);

}  // namespace lsp::features
