// Excerpts of the other open buffers that share names with the text around the cursor.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "lsp/context/prompt.h"

namespace lsp::context {

struct Snippet {
  std::string path;
  std::string text;  // under its own header line; ends with a line break
  Source source;
};

// The best excerpts of files in the language of `input.here`, best first, within `room_tokens` in
// all. Names are compared as sets (Jaccard index); what shares little is left out. What was edited
// lately or can be seen needs to share less, and comes sooner; of `input.here` itself, such
// lines outside of `window` (bytes) may come too, where there is room set aside for others.
std::vector<Snippet> choose_snippets(const PromptInput& input, const Tokenizer& tokenizer,
                                     int room_tokens, text::Range window);

// What is reported of lines near the cursor, as comments.
std::vector<Snippet> diagnostic_snippets(const PromptInput& input, const Tokenizer& tokenizer,
                                         int room_tokens);

// The signatures of each file under its header line, in the order of the first of each file, within
// `room_tokens` in all.
std::vector<Snippet> signature_snippets(std::span<const Signature> signatures,
                                        const Tokenizer& tokenizer, int room_tokens);

}  // namespace lsp::context
