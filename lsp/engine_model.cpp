#include "lsp/engine_model.h"

#include <chrono>
#include <cmath>
#include <fstream>

#include "lsp/server/usage.h"
#include "lsp/text/uri.h"

namespace lsp {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// What a keystroke may spend on parsing other documents; those that are left come at the next.
constexpr milliseconds others_budget{20};
// And on indexing what is far from the cursor, after a jump: what is computed ahead does the rest.
constexpr milliseconds far_budget{1};
// And what a document that was just opened may take: nobody waits, and once there is a tree, each
// keystroke only mends it.
constexpr milliseconds ahead_budget{10'000};
void attend(const server::Question& question, context::OpenText& text) {
  const auto found = question.attended.find(text.document->uri());
  if (found == question.attended.end()) return;
  for (const auto& [kind, first, last] : found->second) {
    const bool edited = kind == server::Attended::Kind::edited;
    using Kind = context::Attended::Kind;
    text.attended.push_back({edited ? Kind::edited : Kind::visible, first, last});
  }
}

// "Intel(R) Xeon(R) …", as the kernel names the processor.
std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "cpu";
}

base::Result<std::vector<features::Completion>> one(
    base::Result<std::optional<features::Completion>> found) {
  if (!found) return found.error();
  std::vector<features::Completion> list;
  if (*found) list.push_back(std::move(**found));
  return list;
}

}  // namespace

std::optional<double> probability_of(std::optional<double> log_probability) {
  if (!log_probability) return std::nullopt;
  return std::exp(*log_probability);
}

std::vector<wire::TokenExperts> wire_experts(std::vector<features::TokenExperts> experts) {
  std::vector<wire::TokenExperts> result;
  for (auto& [token, layers] : experts) result.push_back({std::move(token), std::move(layers)});
  return result;
}

EngineModel::EngineModel(std::shared_ptr<SharedEngine> shared, int context_tokens)
    : shared_(std::move(shared)), device_(processor_name()), context_tokens_(context_tokens) {}

base::Result<std::shared_ptr<EngineModel>> EngineModel::load(std::shared_ptr<SharedEngine> shared) {
  const auto engine = shared->acquire_engine();
  if (!engine) return engine.error();
  return std::shared_ptr<EngineModel>(
      new EngineModel(std::move(shared), (*engine)->context_tokens()));
}

server::ModelInfo EngineModel::info() const {
  const server::Settings& settings = shared_->settings();
  auto [text, adapter] = shared_->description();
  return {settings.model, std::move(adapter), settings.backend, device_, std::move(text)};
}

std::shared_ptr<context::Anchor> EngineModel::anchor(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  auto& entry = anchors_[uri];
  if (!entry) entry = std::make_shared<context::Anchor>();
  return entry;
}

void EngineModel::forget(const std::string& uri) {
  trees_.forget(uri);
  const std::lock_guard lock(mutex_);
  for (const auto& [root, workspace] : workspaces_) workspace->forget(uri);
  anchors_.erase(uri);
}

context::OpenText EngineModel::open_text(const server::Snapshot& document,
                                         const std::vector<std::string>& folders,
                                         const syntax::ParseLimits& limits) {
  return {document, trees_.tree(document, limits), text::relative_path(document->uri(), folders)};
}

std::shared_ptr<context::Workspace> EngineModel::workspace(
    const std::string& uri, const std::vector<std::string>& folders) {
  auto found = shared_->workspaces.around(uri, folders);
  if (!found) return nullptr;
  const std::lock_guard lock(mutex_);
  workspaces_[found->root()] = found;
  return found;
}

void EngineModel::wait_for_workspace(const std::string& uri,
                                     const std::vector<std::string>& folders,
                                     std::chrono::milliseconds patience) {
  if (const auto around = workspace(uri, folders)) around->wait(patience);
}

std::shared_ptr<const context::Related> EngineModel::related(
    const std::shared_ptr<Loaded>& now, const context::OpenText& here, size_t cursor,
    const std::vector<std::string>& folders, std::span<const context::OpenText> open) {
  const auto around = workspace(here.document->uri(), folders);
  if (!around) return nullptr;
  const auto found = [now](const context::Related& related) {
    now->buffers.prepare(context::with_members(related.files, related));
  };
  return around->related(here, cursor, found, open);
}

void EngineModel::prepare(const server::Snapshot& document,
                          const std::vector<std::string>& folders) {
  const auto now = shared_->acquire();
  if (!now) return;  // a completion will say why
  const engine::session::Engine& engine = *(*now)->engine;
  const context::PromptInput input{open_text(document, folders, {.time = ahead_budget}),
                                   0,
                                   {},
                                   context::prompt_budget(engine.context_tokens(), 0)};
  context::Anchor anchor;
  // Both compile queries of the language.
  context::build_prompt(input, engine.tokenizer(), anchor);
  if (input.here.tree) input.here.tree->visible_at(0, text::Range{0, 0});
  (*now)->buffers.buffers(input, 0);
  related(*now, input.here, 0, folders);
}

EngineModel::Completed EngineModel::completions(const server::Question& question,
                                                std::stop_token stop) {
  const auto now = shared_->acquire();
  if (!now) return now.error();
  return completions_by(*now, question, std::move(stop));
}

EngineModel::Completed EngineModel::completions_by(const std::shared_ptr<Loaded>& now,
                                                   const server::Question& question,
                                                   std::stop_token stop) {
  features::CompletionInput input{
      .here = open_text(question.document, question.folders, {.stop = stop}),
      .cursor = question.cursor,
      .others = {},
      .selected = std::nullopt,
      .trigger = question.trigger == server::Trigger::invoked ? features::Trigger::invoked
                                                              : features::Trigger::automatic,
      .extent = question.extent == server::Extent::line ? features::Extent::line
                                                        : features::Extent::block,
      .comments = question.comments == server::Comments::complete ? features::Comments::complete
                                                                  : features::Comments::leave,
      .max_tokens = question.max_tokens};
  if (shared_->settings().memory.empty()) input.memory = features::Memory::none;
  if (question.usage && (input.trigger == features::Trigger::automatic || question.most > 1)) {
    using features::Trigger;  // of several, the first is the one that comes unasked
    input.least_probability =
        question.usage->least_probability(features::least_probability(Trigger::automatic));
  }
  if (question.selected) input.selected = {question.selected->text, question.selected->range};

  const auto deadline = Clock::now() + others_budget;
  std::vector<context::OpenText> others;
  for (const server::Snapshot& other : question.others) {
    if (ignore_rules_.ignored(text::path_of(other->uri()))) continue;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    others.push_back(open_text(other, question.folders, {.time = left, .stop = stop}));
  }
  attend(question, input.here);
  for (context::OpenText& other : others) attend(question, other);
  std::vector<context::Diagnostic> diagnostics;
  for (const auto& [line, message] : question.reported) diagnostics.push_back({line, message});
  input.diagnostics = diagnostics;
  input.others = others;
  const auto found = related(now, input.here, question.cursor, question.folders, others);
  input.related = found.get();
  const bool is_keystroke =
      question.trigger == server::Trigger::automatic && question.urgency == server::Urgency::now;
  if (is_keystroke) input.index_patience = far_budget;
  const auto here = anchor(question.document->uri());
  if (shared_->remote && !ignore_rules_.ignored(text::path_of(question.document->uri()))) {
    input.elsewhere = &shared_->remote->elsewhere();
  }
  if (question.urgency == server::Urgency::ahead) {
    input.priority = engine::session::Priority::background;
    context::Anchor anchor = *here;  // whether it goes there is not known yet
    return one(features::complete(input, anchor, now->buffers, *now->engine, stop));
  }
  if (question.most > 1) {
    return features::completions(input, question.most, *here, now->buffers, *now->engine, stop);
  }
  return one(features::complete(input, *here, now->buffers, *now->engine, stop));
}

server::Answer EngineModel::answer_of(features::Completion completion, double context_ms,
                                      const Loaded& now) const {
  const engine::session::Outcome& outcome = completion.outcome;
  server::Answer answer{std::move(completion.text),
                        completion.range,
                        {.silence = std::move(completion.silence),
                         .probability = probability_of(completion.log_probability),
                         .model_probability = probability_of(completion.model_log_probability),
                         .prompt_tokens = outcome.prompt_tokens,
                         .cached_tokens = outcome.cached_tokens,
                         .generated_tokens = outcome.generated_tokens,
                         .accepted_tokens = outcome.accepted_tokens,
                         .context_tokens = context_tokens_,
                         .context_ms = context_ms,
                         .wait_ms = outcome.wait_ms,
                         .prefill_ms = outcome.prefill_ms,
                         .decode_ms = outcome.decode_ms,
                         .sources = {},
                         .experts = wire_experts(std::move(completion.experts)),
                         .adapter = now.adapter}};
  for (context::Source& source : completion.context) {
    if (source.tokens == 0) continue;  // nothing stands there
    answer.provenance.sources.push_back(
        {std::move(source.what), std::move(source.why), source.tokens});
  }
  return answer;
}

base::Result<std::optional<server::Answer>> EngineModel::complete(const server::Question& question,
                                                                  std::stop_token stop) {
  if (auto solved = shared_->formulas->answer(question, stop)) return solved;
  // What is done ahead would be another model's than what it goes on from.
  const bool is_ahead = question.urgency == server::Urgency::ahead;
  if (is_ahead && shared_->remote) return std::optional<server::Answer>();
  const auto asked = Clock::now();
  const auto now = shared_->acquire();
  if (!now) return now.error();
  auto found = completions_by(*now, question, std::move(stop));
  if (!found) return found.error();
  if (found->empty()) return std::optional<server::Answer>();
  const std::chrono::duration<double, std::milli> whole = Clock::now() - asked;
  features::Completion& first = found->front();
  const double context_ms = whole.count() - first.engine_ms - first.others_ms;
  std::optional answer(answer_of(std::move(first), context_ms, **now));
  for (size_t i = 1; i < found->size(); ++i) {  // from the same context
    answer->others.push_back(answer_of(std::move((*found)[i]), 0, **now));
  }
  return answer;
}

}  // namespace lsp
