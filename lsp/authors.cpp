#include "lsp/authors.h"

#include "engine/base/format.h"
#include "lsp/context/prompt.h"
#include "lsp/gap_texts.h"
#include "lsp/questions.h"
#include "lsp/rewrites.h"

namespace lsp {
namespace {

namespace fill = features::fill;
namespace session = engine::session;
using engine::base::Result;

using Texts = std::vector<std::string>;

constexpr int samples = 12;  // the first is the likeliest
constexpr int max_tokens = 64;
constexpr size_t most_before = 4'000;  // bytes
constexpr size_t most_after = 1'000;

// What stands before and after the body; its first indentation is what was typed.
context::Prompt prompt_of(const std::string& text, const fill::Hole& hole) {
  const size_t begin = hole.body.begin;
  const size_t from = begin > most_before ? begin - most_before : 0;
  const std::string before = text.substr(from, begin - from) + hole.before;
  const size_t line = before.rfind('\n') + 1;  // npos + 1 is 0
  context::Prompt prompt;
  prompt.prefix = before.substr(0, line);
  prompt.typed = before.substr(line);
  prompt.suffix = hole.after + text.substr(hole.body.end, most_after);
  return prompt;
}

Result<Texts> completions(session::Engine& engine, const context::Prompt& prompt,
                          const fill::Hole& hole, std::stop_token stop) {
  const auto encoded = context::encode(prompt, engine.tokenizer(), context::Healing::last_tokens);
  const bool python = hole.language == syntax::Language::python;
  auto written =
      gap_texts(engine, encoded, {samples, max_tokens, {python ? "\n\n\n" : "\n}"}, 0.95F}, stop);
  if (!written) return written.error();
  Texts texts;
  for (GapText& each : *written) texts.push_back(prompt.typed + each.text);
  return texts;
}

}  // namespace

std::optional<fill::Author> instructed_author(std::shared_ptr<features::chat::Model> model,
                                              const features::debug::Subject& subject,
                                              const fill::Hole& hole) {
  if (model == nullptr) return std::nullopt;
  const auto rewrites = rewrites_by(model, subject);
  if (!rewrites) return std::nullopt;
  return fill::Author{model->name(), [rewrites, range = hole.definition](std::stop_token stop) {
                        return Result<Texts>(rewrites(range, std::move(stop)));
                      }};
}

std::optional<fill::Author> completing_author(SharedEngine& shared,
                                              const features::debug::Subject& subject,
                                              const fill::Hole& hole) {
  if (!may_be_shown(subject.question.file)) return std::nullopt;
  return fill::Author{"the model",
                      [&shared, hole, prompt = prompt_of(subject.question.text, hole)](
                          std::stop_token stop) -> Result<Texts> {
                        const auto engine = shared.acquire_engine();
                        if (!engine) return engine.error();
                        return completions(**engine, prompt, hole, std::move(stop));
                      }};
}

}  // namespace lsp
