#include "lsp/debug_models.h"

#include <algorithm>

#include "engine/base/format.h"
#include "lsp/context/gap.h"
#include "lsp/gap_texts.h"
#include "lsp/hint_words.h"
#include "lsp/questions.h"
#include "lsp/rewrites.h"

namespace lsp {
namespace {

namespace debug = features::debug;
using base::Result;
using Texts = std::vector<std::string>;

constexpr size_t most_shown_bytes = 24'000;  // of the program, and of its tests
constexpr int line_tokens = 64;
constexpr int samples = 3;  // the likeliest, and others

void add(Texts& texts, std::string text) {
  text.resize(text.find_last_not_of(" \t\r\n") + 1);  // npos + 1 is 0
  const bool known = std::find(texts.begin(), texts.end(), text) != texts.end();
  if (!text.empty() && !known) texts.push_back(std::move(text));
}

Result<Texts> filled_here(SharedEngine& shared, const std::string& before, const std::string& after,
                          const std::stop_token& stop) {
  const auto engine = shared.acquire_engine();
  if (!engine) return engine.error();
  const auto prompt = context::prompt_of({.before = before, .after = after}, (*engine)->tokenizer(),
                                         (*engine)->context_tokens() - line_tokens);
  Texts texts;
  if (!prompt) return texts;  // a search that goes on without a model needs no reason
  auto written = gap_texts(**engine, prompt->encoded, {samples, line_tokens, {"\n"}}, stop);
  if (!written) return written.error();
  for (GapText& each : *written) {
    if (each.is_whole) add(texts, std::move(each.text));
  }
  return texts;
}

// Nothing where the endpoint does not answer: then this machine's model is asked, as at keystrokes.
std::optional<Texts> filled_elsewhere(const RemoteCompletion& remote, const std::string& before,
                                      const std::string& after, const std::stop_token& stop) {
  std::string text;
  const auto outcome = remote.elsewhere().fill(
      {before, after, line_tokens},
      [&](std::string_view piece) {
        text += piece;
        return text.find('\n') == std::string::npos;
      },
      stop);
  if (!outcome) return std::nullopt;
  Texts texts;
  add(texts, text.substr(0, text.find('\n')));
  return texts;
}

}  // namespace

debug::Models models_for(const std::shared_ptr<SharedEngine>& shared, const debug::Subject& subject,
                         debug::Tongue tongue) {
  const size_t longest = std::max(subject.question.text.size(), subject.tests_text.size());
  if (longest > most_shown_bytes) return {};
  if (!may_be_shown(subject)) return {};
  debug::Models models;
  models.infills = [shared](const std::string& before, const std::string& after,
                            const std::stop_token& stop) -> Result<Texts> {
    if (shared->remote) {
      if (auto texts = filled_elsewhere(*shared->remote, before, after, stop)) return *texts;
    }
    return filled_here(*shared, before, after, stop);
  };
  if (shared->chat_model == nullptr) return models;
  const bool here = !shared->settings().chat_model.empty();
  models.rewrites = rewrites_by(shared->chat_model, subject);
  models.words = words_by(shared->chat_model, subject,
                          here ? ToldOfRun::everything : ToldOfRun::places, tongue);
  return models;
}

}  // namespace lsp
