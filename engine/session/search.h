// What a request says of line_search.h.
#pragma once

#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace engine::session {

// How the first line of an answer is found; greedy generation alone. Its pieces come once it is
// certain that they belong to it.
struct Search {
  // Ways on that are followed at once (line_search.h); 1: the likeliest token each time. At most
  // most_search_width. Only one is followed where the prompt's cells are approximations (Shifts).
  int width = 1;
  // A line that falls below it is not followed; where none is left, the likeliest tokens follow.
  float least_probability = 0;
  // Nor is more than one way followed where a step takes longer than this: each costs up to another
  // step, since its experts are its own, and somebody waits.
  double slowest_step_ms = 8;
  // What the first token is not, whatever the width: ways on that are known already. Probabilities
  // stay what they are with these among the others.
  std::vector<tokenizer::Token> not_first = {};
};
inline constexpr int most_search_width = 16;

}  // namespace engine::session
