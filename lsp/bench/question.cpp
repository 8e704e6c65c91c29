#include "lsp/bench/question.h"

#include <memory>
#include <utility>
#include <vector>

#include "lsp/text/uri.h"

namespace lsp::bench {

engine::session::Request Questions::at(const SourceFile& file, std::string_view before,
                                       std::string_view after, int max_tokens) {
  const std::string root = workspace_ == nullptr ? "" : workspace_->root();
  const std::string uri = text::uri_of(root + "/" + file.path);
  const auto document = std::make_shared<const text::Document>(
      uri, file.language_id, ++version_, std::string(before) + std::string(after));
  if (uri != uri_) anchor_ = {};
  uri_ = uri;

  context::PromptInput input{{document, nullptr, file.path},
                             before.size(),
                             {},
                             context::prompt_budget(engine_.context_tokens(), max_tokens)};
  std::vector<context::OpenText> others;
  const int for_others = context::tokens_for_others(engine_.context_tokens());
  if (workspace_ != nullptr) {
    context::OpenText here = input.here;
    here.tree = syntax::Tree::parse(document, nullptr);
    related_ = workspace_->related(here, before.size(), {});
    others = context::with_related({}, *related_, *document);
  }
  if (related_ && for_others > 0) {
    input.others = others;
    input.signatures = related_->signatures;
    input.tokens_for_others = for_others;
  }
  const context::Prompt prompt = context::build_prompt(input, engine_.tokenizer(), anchor_);
  context::EncodedPrompt encoded =
      context::encode(prompt, engine_.tokenizer(), context::Healing::last_tokens);
  if (related_) others = context::with_members(std::move(others), *related_);
  input.others = others;  // for the memory, in any case
  engine::session::Request request;
  request.buffers = buffers_.buffers(input, encoded.healed.size());
  request.prompt = std::move(encoded.tokens);
  request.typed = std::move(encoded.healed);
  request.max_tokens = max_tokens;
  request.priority = engine::session::Priority::keystroke;
  return request;
}

}  // namespace lsp::bench
