#include "lsp/features/chat/local_model.h"

#include "engine/base/format.h"
#include "engine/decode/utf8.h"
#include "engine/model/open.h"
#include "engine/remote/collector.h"

namespace lsp::features::chat {
namespace {

using engine::base::fail;
using engine::session::EndReason;

}  // namespace

Result<Template::Pointer> template_of_model(const std::string& path) {
  const auto file = engine::model::open(path);
  if (!file) return file.error();
  return Template::read(*file);
}

Result<Reply> LocalModel::chat(const std::vector<Message>& messages, const Sampling& sampling,
                               const OnPiece& on_piece, std::stop_token stop) {
  const auto engine = acquire_();
  if (!engine) return engine.error();
  auto prompt = form_->tokens_of(messages, (*engine)->tokenizer());
  if (!prompt) return prompt.error();
  const auto prompt_tokens = static_cast<int>(prompt->size());
  if (prompt_tokens >= (*engine)->context_tokens()) {
    return fail("the conversation has ", prompt_tokens, " tokens, and ", path_, " reads ",
                (*engine)->context_tokens());
  }
  engine::session::Request request{
      .prompt = std::move(*prompt),
      .max_tokens = sampling.max_tokens,
      .stop_texts = form_->stop_texts(),
      .sampling = {.temperature = static_cast<float>(sampling.temperature),
                   .seed = static_cast<uint64_t>(sampling.seed.value_or(0))}};

  engine::remote::Collector collector(on_piece);
  engine::decode::Utf8Joiner characters;
  collector.text(std::string(form_->opening()));
  const auto outcome =
      (*engine)->generate(std::move(request), stop, [&](const engine::session::Piece& piece) {
        return collector.text(characters.push(piece.bytes));
      });
  if (outcome.reason == EndReason::error) return fail(path_, ": ", outcome.error);
  collector.text(characters.flush());
  collector.end();
  Reply reply = std::move(collector.reply);
  if (outcome.reason == EndReason::limit) reply.reason = Reply::Reason::limit;
  if (outcome.reason == EndReason::stopped) reply.reason = Reply::Reason::stopped;
  reply.prompt_tokens = outcome.prompt_tokens;
  reply.generated_tokens = outcome.generated_tokens;
  return reply;
}

}  // namespace lsp::features::chat
