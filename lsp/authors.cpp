#include "lsp/authors.h"

#include <algorithm>

#include "engine/base/format.h"
#include "lsp/context/gap.h"
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
constexpr size_t most_bytes = 6'000;  // that the model is shown, unless the function is longer

// The function's head and documentation are what the model goes on with.
context::Gap gap_of(const std::string& text, const fill::Hole& hole) {
  const size_t begin = hole.body.begin;
  const size_t needed = begin - hole.definition.begin + hole.before.size();
  return {.before = text.substr(0, begin) + hole.before,
          .after = hole.after + text.substr(hole.body.end),
          .needed = needed,
          .most = std::max(most_bytes, 2 * needed)};
}

Result<Texts> completions(session::Engine& engine, const context::Gap& gap, const fill::Hole& hole,
                          std::stop_token stop) {
  const auto prompt =
      context::prompt_of(gap, engine.tokenizer(), engine.context_tokens() - max_tokens);
  if (!prompt) return prompt.error();
  const bool python = hole.language == syntax::Language::python;
  auto written = gap_texts(engine, prompt->encoded,
                           {samples, max_tokens, {python ? "\n\n\n" : "\n}"}, 0.95F}, stop);
  if (!written) return written.error();
  Texts texts;
  for (GapText& each : *written) texts.push_back(prompt->typed + each.text);
  return texts;
}

}  // namespace

std::optional<fill::Author> instructed_author(std::shared_ptr<features::chat::Model> model,
                                              const features::debug::Subject& subject,
                                              const fill::Hole& hole) {
  if (model == nullptr || !may_be_shown(subject)) return std::nullopt;
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
                      [&shared, hole, gap = gap_of(subject.question.text, hole)](
                          std::stop_token stop) -> Result<Texts> {
                        const auto engine = shared.acquire_engine();
                        if (!engine) return engine.error();
                        return completions(**engine, gap, hole, std::move(stop));
                      }};
}

}  // namespace lsp
