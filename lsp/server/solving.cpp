#include "lsp/server/solving.h"

#include "engine/base/format.h"
#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;
using wire::MessageType;

constexpr const char* solve_command = "lemma.solve";
constexpr const char* hint_command = "lemma.hint";
constexpr size_t most_title_bytes = 50;

std::string titled(const char* what, const std::string& formula) {
  return what + text::shortened(formula, most_title_bytes);
}

}  // namespace

std::vector<std::string> Solving::commands() const {
  if (!solver_) return {};
  return {solve_command, hint_command};
}

std::optional<Formula> Solving::formula_of(const text::Document& document,
                                           const wire::Span& span) const {
  return solver_->formula_in(document, range_of(document, span, host_.encoding));
}

base::Status Solving::execute(const wire::ExecuteCommandParams& params, const std::string& uri) {
  if (!host_.documents.contains(uri)) return fail("the document is not open: ", uri);
  const Snapshot document = host_.documents.snapshot(uri);
  if (!document) return fail("nothing is solved in ", uri, ": it ", host_.documents.withheld(uri));
  const Wanted wanted = params.command == hint_command ? Wanted::hint : Wanted::edit;
  std::optional<Formula> formula;
  if (params.span) {
    formula = formula_of(*document, *params.span);
  } else if (auto all = solver_->asked(*document); all.size() == 1) {
    formula = std::move(all.front());
  }
  if (!formula) {
    return fail(
        "there is no formula here: select one, or put the cursor into a comment that ends "
        "in = or into $…$");
  }
  if (wanted == Wanted::edit && !host_.client.applies_edits) {
    return fail("this editor takes no edits from a server (workspace/applyEdit)");
  }
  if (wanted == Wanted::hint && hinted_ && hinted_->uri == uri &&
      hinted_->formula == formula->text) {
    show_next_hint();
    return base::Done{};
  }
  if (work_ && work_->wanted == wanted && work_->document->uri() == uri &&
      work_->formula.text == formula->text) {
    host_.show(MessageType::info, titled("still solving ", formula->text));
    return base::Done{};
  }
  if (work_) end_work("another formula was asked for");
  const std::string token = concat("lemma/solve/", ++works_);
  work_ = std::unique_ptr<Work>(new Work{token, document, std::move(*formula), wanted, {}});
  begin_progress(host_, token, titled("lemma: solving ", work_->formula.text));
  const auto at = [this, post = host_.post, token](const std::string& what) {
    post([this, token, what] {
      if (work_ && work_->token == token) report_progress(host_, token, what);
    });
  };
  run_job<Worked>(
      host_,
      [solver = solver_, document, its = work_->formula, locale = host_.client.locale, at,
       stop = work_->stopped.token()] {
        return solver->work_out(*document, its, locale, at, stop);
      },
      [this, token](base::Result<Worked> result) { worked_out(token, std::move(result)); });
  return base::Done{};
}

void Solving::end_work(const std::string& how) {
  end_progress(host_, work_->token, how);
  work_.reset();
}

void Solving::worked_out(const std::string& token, base::Result<Worked> result) {
  if (!work_ || work_->token != token) return;
  const auto done = std::move(work_);
  end_progress(host_, token, result ? "solved" : result.message());
  if (!result) return host_.show(MessageType::warning, result.message());
  const std::string& uri = done->document->uri();
  if (done->wanted == Wanted::edit) {
    // A change of the text has ended the work, so this is still the current version.
    return insert(*done->document, result->edits);
  }
  if (result->steps.empty()) return host_.show(MessageType::info, result->no_steps);
  hinted_ = Hinted{uri, done->formula.text, std::move(result->steps), 0};
  show_next_hint();
}

void Solving::insert(const text::Document& document, const std::vector<Worked::Edit>& edits) {
  wire::CodeAction action;
  action.uri = document.uri();
  action.version = document.version();
  for (const auto& [range, text] : edits) {
    action.edits.push_back({span_of(document, range, host_.encoding), text});
  }
  host_.ask([&](int64_t id) {
    return wire::apply_edits(id, "lemma: solve", action, wire::edits_of(host_.client));
  });
}

void Solving::show_next_hint() {
  const size_t count = hinted_->steps.size();
  if (hinted_->shown == count) hinted_->shown = 0;  // once more from the start
  const size_t number = ++hinted_->shown;
  host_.show(MessageType::info,
             concat("step ", number, " of ", count, ": ", hinted_->steps[number - 1]));
}

void Solving::changed(const std::string& uri) {
  if (work_ && work_->document->uri() == uri) end_work("the text has changed");
}

void Solving::cancel(const std::string& token) {
  if (work_ && work_->token == token) end_work("cancelled");
}

std::vector<wire::CodeAction> Solving::actions(const wire::SpanParams& params) {
  std::vector<wire::CodeAction> actions;
  if (!solver_ || !wanted(params, "refactor") || !host_.documents.contains(params.uri)) return {};
  const Snapshot document = host_.documents.snapshot(params.uri);
  if (!document) return {};
  const auto formula = formula_of(*document, params.span);
  if (!formula) return {};
  const auto add = [&](const char* what, const char* command) {
    actions.push_back(
        command_action(titled(what, formula->text), "refactor", params.uri, command, params.span));
  };
  if (host_.client.applies_edits) add("lemma: solve ", solve_command);
  add("lemma: a hint for ", hint_command);
  return actions;
}

std::vector<wire::CodeLens> Solving::lenses(const std::string& uri) {
  std::vector<wire::CodeLens> lenses;
  if (!solver_ || !host_.client.applies_edits || !host_.documents.contains(uri)) return lenses;
  const Snapshot document = host_.documents.snapshot(uri);
  if (!document) return lenses;
  for (const Formula& formula : solver_->asked(*document)) {
    const wire::Span span = span_of(*document, formula.range, host_.encoding);
    lenses.push_back({span, "Solve with lemma", solve_command, uri, span});
  }
  return lenses;
}

}  // namespace lsp::server
