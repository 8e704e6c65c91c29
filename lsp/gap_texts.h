// What the model that completes has for one gap, several times.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/session/engine.h"
#include "lsp/context/prompt.h"

namespace lsp {

struct GapSamples {
  int count;  // the first is the likeliest, the others are drawn at a temperature of 0.8
  int max_tokens;
  std::vector<std::string> stop_texts;
  float top_p = 1;
};
struct GapText {
  std::string text;  // from the prompt's end: what was healed is not in it
  bool is_whole;     // it ended before `max_tokens`
};

// Fewer where `stop` comes first; an error where the engine gives one.
engine::base::Result<std::vector<GapText>> gap_texts(engine::session::Engine& engine,
                                                     const context::EncodedPrompt& prompt,
                                                     const GapSamples& samples,
                                                     const std::stop_token& stop);

}  // namespace lsp
