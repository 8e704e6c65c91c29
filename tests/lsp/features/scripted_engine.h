// A test double: it says the same text whatever it is asked, with a probability for each token, so
// that what is tested is the feature. One that has several texts says the first of those that begin
// as is given and go on with no token that may not come next.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

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
  std::vector<std::pair<std::string, double>> also = {};  // other texts, with their probabilities
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
    const auto [tokens, chance] = answer_to(request);
    for (const auto token : tokens) {
      if (!fails.empty()) break;
      if (outcome.generated_tokens == request.max_tokens) {
        outcome.reason = EndReason::limit;
        break;
      }
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

 private:
  using Tokens = std::vector<engine::tokenizer::Token>;

  // The tokens, and the log-probability of each.
  std::pair<Tokens, float> answer_to(const engine::session::Request& request) {
    // The first request's prompt is what all others go on from.
    if (requests == 1 || request.search.not_first.empty()) {
      prompt_ = request.prompt;
      typed_ = request.typed;
    }
    const auto given = static_cast<std::ptrdiff_t>(request.prompt.size() - prompt_.size());
    auto texts = also;
    texts.insert(texts.begin(), {says, probability});
    for (const auto& [text, chance] : texts) {
      const Tokens all =
          vocabulary().encode(typed_ + text, engine::tokenizer::SpecialTokens::literal);
      const auto& forbidden = request.search.not_first;
      const bool begins =
          static_cast<std::ptrdiff_t>(all.size()) > given &&
          std::equal(all.begin(), all.begin() + given, request.prompt.end() - given);
      if (!begins) continue;
      const Tokens rest(all.begin() + given, all.end());
      const bool may_come =
          std::find(forbidden.begin(), forbidden.end(), rest.front()) == forbidden.end();
      if (may_come) return {rest, static_cast<float>(std::log(chance))};
    }
    return {};
  }

  Tokens prompt_;
  std::string typed_;
};

}  // namespace lsp::features
