// Types passages with a contestant at hand, and counts the keys.
//
// The writer knows what to write and accepts whatever agrees with it. A suggestion is the rest of
// the cursor's line; it is asked for after each key that the last one did not foresee, and stays
// while the typed characters agree with it; accepted whole is what of it is shown (contestant.h).
// Accepting costs one key and pays from two characters
// on. Enter costs one key and brings the next line's indentation with it, as editors do.
#pragma once

#include <vector>

#include "engine/base/result.h"
#include "lsp/bench/contestant.h"
#include "lsp/bench/sample.h"

namespace lsp::bench {

enum class Accept { whole, word };

struct Typed {
  size_t characters = 0;   // keys without suggestions
  size_t keys_whole = 0;   // accepting whole suggestions alone
  size_t keys_word = 0;    // accepting word by word
  std::vector<double> ms;  // of each suggestion
};

engine::base::Result<Typed> type(const Passage& passage, Contestant& contestant);

}  // namespace lsp::bench
