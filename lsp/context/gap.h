// A prompt for a gap anywhere in a text, not at an editor's cursor.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "lsp/context/prompt.h"

namespace lsp::context {

struct Gap {
  std::string before, after;  // the text around it
  size_t needed = 0;          // of `before`, the last bytes that must be shown: a function's head
  size_t most = 48'000;       // bytes that are shown
};

struct GapPrompt {
  EncodedPrompt encoded;
  std::string typed;  // what stands before the gap in its line
};

// As much around the gap as `room` tokens hold, nearest first, in whole lines. An error says that
// the model does not fill gaps, or that not even what must be shown fits.
engine::base::Result<GapPrompt> prompt_of(const Gap& gap, const Tokenizer& tokenizer, int room);

}  // namespace lsp::context
