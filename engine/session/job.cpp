#include "engine/session/job.h"

#include "engine/base/format.h"

namespace engine::session {

std::string check_prompt(const Facts& facts, std::span<const Token> prompt, int more) {
  if (prompt.empty()) {
    return "the prompt is empty: give at least one token (the vocabulary's BOS begins a text)";
  }
  for (size_t i = 0; i < prompt.size(); ++i) {
    if (prompt[i] >= 0 && prompt[i] < facts.vocabulary) continue;
    return base::concat("prompt token ", i, " is ", prompt[i], ", outside the vocabulary of ",
                        facts.vocabulary, ": it was made with another model's tokenizer");
  }
  const size_t needed = prompt.size() + static_cast<size_t>(more);
  if (needed > static_cast<size_t>(facts.context_tokens)) {
    return base::concat("the prompt has ", prompt.size(), " tokens and needs ", more,
                        " more, but the context holds ", facts.context_tokens,
                        ": shorten the prompt");
  }
  return {};
}

}  // namespace engine::session
