// What two texts have in common, wherever it stands in either.
#pragma once

#include <span>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace engine::session {

struct CommonRun {
  int from;  // index of its first token in the old text
  int to;    // and in the new one
  int count;
};

// Runs of `least` tokens or more, in the order of the new text, of which only the tokens from
// `first` up to `end` are looked at. They do not overlap there. Of the old text what follows the
// beginning that both share: what else repeats that has been pasted, and has not moved.
std::vector<CommonRun> common_runs(std::span<const tokenizer::Token> old_text,
                                   std::span<const tokenizer::Token> new_text, int first, int end,
                                   int least);

}  // namespace engine::session
