#include "lsp/gap_texts.h"

#include "engine/base/format.h"

namespace lsp {
namespace {

namespace session = engine::session;

constexpr float warmth = 0.8F;

}  // namespace

engine::base::Result<std::vector<GapText>> gap_texts(session::Engine& engine,
                                                     const context::EncodedPrompt& prompt,
                                                     const GapSamples& samples,
                                                     const std::stop_token& stop) {
  std::vector<GapText> texts;
  for (int sample = 0; sample < samples.count && !stop.stop_requested(); ++sample) {
    session::Request request{.prompt = prompt.tokens,
                             .typed = prompt.healed,
                             .max_tokens = samples.max_tokens,
                             .stop_texts = samples.stop_texts};
    if (sample > 0) {
      request.sampling = {
          .temperature = warmth, .top_p = samples.top_p, .seed = static_cast<uint64_t>(sample)};
    }
    std::string text;
    const auto outcome =
        engine.generate(std::move(request), stop, [&](const session::Piece& piece) {
          text += piece.bytes;
          return true;
        });
    if (outcome.reason == session::EndReason::error) return engine::base::fail(outcome.error);
    if (text.starts_with(prompt.healed)) text.erase(0, prompt.healed.size());
    texts.push_back({std::move(text), outcome.reason != session::EndReason::limit});
  }
  return texts;
}

}  // namespace lsp
