#include "lsp/bench/question.h"

#include <memory>
#include <utility>

namespace lsp::bench {

engine::session::Request Questions::at(const SourceFile& file, std::string_view before,
                                       std::string_view after, int max_tokens) {
  const std::string uri = "file:///" + file.path;
  const auto document = std::make_shared<const text::Document>(
      uri, file.language_id, ++version_, std::string(before) + std::string(after));
  if (uri != uri_) anchor_ = {};
  uri_ = uri;

  const context::PromptInput input{{document, nullptr, file.path},
                                   before.size(),
                                   {},
                                   context::prompt_budget(engine_.context_tokens(), max_tokens)};
  const context::Prompt prompt = context::build_prompt(input, engine_.tokenizer(), anchor_);
  context::EncodedPrompt encoded =
      context::encode(prompt, engine_.tokenizer(), context::Healing::last_tokens);
  engine::session::Request request;
  request.buffers = buffers_.buffers(input, encoded.healed.size());
  request.prompt = std::move(encoded.tokens);
  request.typed = std::move(encoded.healed);
  request.max_tokens = max_tokens;
  request.priority = engine::session::Priority::keystroke;
  return request;
}

}  // namespace lsp::bench
