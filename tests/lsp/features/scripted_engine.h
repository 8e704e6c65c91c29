// A test double: it says the same text whatever it is asked, with a probability for each token, so
// that what is tested is the feature.
#pragma once

#include <cmath>
#include <string>

#include "engine/gguf/file.h"
#include "engine/session/engine.h"
#include "engine/tokenizer/tokenizer.h"

namespace lsp::features {

inline const engine::tokenizer::Tokenizer& vocabulary() {
  static const auto loaded = [] {
    auto file =
        engine::gguf::File::open(LEMMA_SOURCE_DIR "/tests/golden/tokenizer/deepseek-coder.gguf");
    return engine::tokenizer::Tokenizer::load(*file);
  }();
  return *loaded;
}

class ScriptedEngine : public engine::session::Engine {
 public:
  std::string says;
  double probability = 0.95;
  std::string fails;
  int requests = 0;
  int said = 0;  // tokens, of the last request

  const engine::tokenizer::Tokenizer& tokenizer() const override { return vocabulary(); }
  int context_tokens() const override { return 2048; }
  std::string description() const override { return "scripted"; }

  void submit(engine::session::Request request, std::stop_token stop,
              engine::session::OnPiece on_piece, engine::session::OnEnd on_end) override {
    using engine::session::EndReason;
    ++requests;
    engine::session::Outcome outcome;
    outcome.reason = fails.empty() ? EndReason::end_token : EndReason::error;
    outcome.error = fails;
    const std::string text = request.typed + says;
    for (const auto token : vocabulary().encode(text, engine::tokenizer::SpecialTokens::literal)) {
      if (!fails.empty()) break;
      if (outcome.generated_tokens == request.max_tokens) {
        outcome.reason = EndReason::limit;
        break;
      }
      const auto chance = static_cast<float>(std::log(probability));
      ++outcome.generated_tokens;
      if (stop.stop_requested() ||
          !on_piece({token, std::string(vocabulary().bytes(token)), chance})) {
        outcome.reason = EndReason::stopped;
        break;
      }
    }
    said = outcome.generated_tokens;
    on_end(outcome);
  }

  engine::base::Result<std::vector<double>> score(
      std::span<const engine::tokenizer::Token>,
      std::span<const std::vector<engine::tokenizer::Token>>, engine::session::Priority,
      std::stop_token) override {
    return engine::base::Error{"the scripted engine scores nothing"};
  }
};

}  // namespace lsp::features
