#include "lsp/server/live_values.h"

#include <chrono>

#include "engine/base/format.h"
#include "engine/base/pause.h"
#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;
using text::Sentence;
using wire::MessageType;

constexpr const char* values_command = "lemma.values";
constexpr size_t most_label_bytes = 100;
constexpr size_t most_tooltip_bytes = 2'000;
// So long the text must be at rest for an unasked run.
constexpr std::chrono::milliseconds rest{600};

constexpr Sentence nothing_asks = {
    "nothing here asks for its value: put # => behind an expression in Python, or // => in "
    "JavaScript",
    "这里没有要显示的值：在 Python 的表达式后写 # =>，在 JavaScript 中写 // =>",
    "rien ici ne demande sa valeur : mettez # => derrière une expression en Python, ou // => en "
    "JavaScript",
    "nichts fragt hier nach seinem Wert: setzen Sie # => hinter einen Ausdruck in Python, // => in "
    "JavaScript"};
constexpr Sentence another_run = {"another run was started", "开始了另一次运行",
                                  "une autre exécution a commencé",
                                  "ein anderer Lauf hat begonnen"};
constexpr Sentence values_title = {"lemma: values", "lemma：值", "lemma : valeurs", "lemma: Werte"};
constexpr Sentence done = {"done", "完成", "terminé", "fertig"};
constexpr Sentence show_values = {"Show values with lemma", "用 lemma 显示值",
                                  "Afficher les valeurs avec lemma", "Werte mit lemma zeigen"};
constexpr Sentence last_of = {" (the last of {times})", "（{times} 个中的最后一个）",
                              " (la dernière de {times})", " (der letzte von {times})"};

}  // namespace

std::vector<std::string> LiveValues::commands() const {
  if (!evaluator_) return {};
  return {values_command};
}

Snapshot LiveValues::asking(const std::string& uri) const {
  if (!evaluator_ || !host_.documents.contains(uri) || !host_.trusts(uri)) return nullptr;
  const Snapshot document = host_.documents.snapshot(uri);
  if (!document || evaluator_->places(*document).empty()) return nullptr;
  return document;
}

base::Status LiveValues::execute(const wire::ExecuteCommandParams&, const std::string& uri) {
  if (auto refused = refusal(host_, uri)) return *refused;
  const Snapshot document = asking(uri);
  if (!document) {
    return fail(say(host_, nothing_asks));
  }
  begin(document, Asked::yes);
  return base::Done{};
}

void LiveValues::begin(const Snapshot& document, Asked asked) {
  if (run_) end_run(say(host_, another_run));
  const std::string token = concat("lemma/values/", ++runs_);
  run_ = std::unique_ptr<Run>(new Run{token, document, asked, {}});
  if (asked == Asked::yes) begin_progress(host_, token, say(host_, values_title));
  run_job<Values>(
      host_,
      [evaluator = evaluator_, document, others = host_.documents.others(document->uri()), asked,
       stop = run_->stopped.token()]() -> base::Result<Values> {
        if (asked == Asked::no && !base::pause(stop, rest)) return Values{};
        return evaluator->evaluate(document, others, stop);
      },
      [this, token](base::Result<Values> result) { evaluated(token, std::move(result)); });
}

void LiveValues::end_run(const std::string& how) {
  if (run_->asked == Asked::yes) end_progress(host_, run_->token, how);
  run_.reset();
}

void LiveValues::evaluated(const std::string& token, base::Result<Values> result) {
  if (!run_ || run_->token != token) return;
  const std::string problem = result ? result->problem : result.message();
  if (!problem.empty() && run_->asked == Asked::yes) host_.show(MessageType::warning, problem);
  if (result) shown_[run_->document->uri()] = std::move(result->values);
  end_run(problem.empty() ? say(host_, done) : problem);
  refresh();
}

void LiveValues::refresh() {
  if (!host_.client.inlay_refresh) return;
  host_.ask([](int64_t id) { return wire::refresh(id, "workspace/inlayHint/refresh"); });
}

void LiveValues::changed(const std::string& uri) {
  if (run_ && run_->document->uri() == uri) end_run(say(host_, has_changed));
  if (shown_.erase(uri) > 0) refresh();
  if (background_ == DebugOptions::Background::off) return;
  if (const Snapshot document = asking(uri)) begin(document, Asked::no);
}

void LiveValues::cancel(const std::string& token) {
  if (run_ && run_->token == token) end_run(say(host_, cancelled));
}

std::vector<wire::CodeLens> LiveValues::lenses(const std::string& uri) {
  std::vector<wire::CodeLens> lenses;
  const Snapshot document = asking(uri);
  if (!document || background_ == DebugOptions::Background::on) return lenses;
  const auto line = static_cast<uint32_t>(evaluator_->places(*document).front());
  lenses.push_back({{{line, 0}, {line, 0}}, say(host_, show_values), values_command, uri});
  return lenses;
}

std::vector<wire::InlayHint> LiveValues::inlays(const wire::SpanParams& params) {
  std::vector<wire::InlayHint> hints;
  const auto found = shown_.find(params.uri);
  const text::Document* document = host_.documents.find(params.uri);
  if (found == shown_.end() || document == nullptr) return hints;
  for (const auto& [line, value, times] : found->second) {
    const bool inside = params.span.start.line <= line && line <= params.span.end.line;
    if (!inside || line >= document->line_count()) continue;
    const std::string note =
        times > 1 ? say(host_, last_of, {{"times", std::to_string(times)}}) : "";
    hints.push_back({document->position_of(document->line_range(line).end, host_.encoding),
                     text::shortened(value, most_label_bytes) + note,
                     text::shortened(value, most_tooltip_bytes)});
  }
  return hints;
}

}  // namespace lsp::server
