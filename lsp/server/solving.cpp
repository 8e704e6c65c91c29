#include "lsp/server/solving.h"

#include "engine/base/format.h"
#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

using base::concat;
using base::fail;
using text::Sentence;
using wire::MessageType;

constexpr const char* solve_command = "lemma.solve";
constexpr const char* hint_command = "lemma.hint";
constexpr size_t most_title_bytes = 50;

constexpr Sentence no_formula = {
    "there is no formula here: select one, or put the cursor into a comment that ends in = or into "
    "$…$",
    "这里没有公式：请选中一个，或把光标放到以 = 结尾的注释或 $…$ 中",
    "il n'y a pas de formule ici : sélectionnez-en une, ou placez le curseur dans un commentaire "
    "qui finit par = ou dans $…$",
    "hier ist keine Formel: wählen Sie eine aus, oder setzen Sie den Cursor in einen Kommentar, "
    "der "
    "mit = endet, oder in $…$"};
constexpr Sentence takes_no_edits = {
    "this editor takes no edits from a server (workspace/applyEdit)",
    "此编辑器不接受服务器的编辑（workspace/applyEdit）",
    "cet éditeur ne prend pas de modifications d'un serveur (workspace/applyEdit)",
    "dieser Editor nimmt keine Änderungen von einem Server an (workspace/applyEdit)"};
constexpr Sentence no_hints = {"there are no hints for a problem in words", "文字题没有提示",
                               "il n'y a pas d'indices pour un problème en mots",
                               "zu einer Textaufgabe gibt es keine Hinweise"};
constexpr Sentence still_solving = {"still solving {formula}", "仍在求解 {formula}",
                                    "{formula} est encore en cours", "löst noch {formula}"};
constexpr Sentence another_formula = {"another formula was asked for", "请求了另一个公式",
                                      "une autre formule a été demandée",
                                      "eine andere Formel wurde verlangt"};
constexpr Sentence solving_it = {"lemma: solving {formula}", "lemma：正在求解 {formula}",
                                 "lemma : résolution de {formula}", "lemma: löst {formula}"};
constexpr Sentence solving_given_up = {"{formula} was given up: {why}", "已放弃 {formula}：{why}",
                                       "{formula} est abandonné : {why}",
                                       "{formula} wurde aufgegeben: {why}"};
constexpr Sentence solved = {"solved", "已求解", "résolu", "gelöst"};
constexpr Sentence step_of = {
    "step {number} of {count}: {step}", "第 {number} 步，共 {count} 步：{step}",
    "étape {number} sur {count} : {step}", "Schritt {number} von {count}: {step}"};
constexpr Sentence solve_it = {"lemma: solve {formula}", "lemma：求解 {formula}",
                               "lemma : résoudre {formula}", "lemma: {formula} lösen"};
constexpr Sentence hint_for_it = {"lemma: a hint for {formula}", "lemma：{formula} 的提示",
                                  "lemma : un indice pour {formula}",
                                  "lemma: ein Hinweis zu {formula}"};
constexpr Sentence solve_title = {"lemma: solve", "lemma：求解", "lemma : résoudre",
                                  "lemma: lösen"};
constexpr Sentence solve_here = {"Solve with lemma", "用 lemma 求解", "Résoudre avec lemma",
                                 "Mit lemma lösen"};

}  // namespace

std::string Solving::titled(const Sentence& what, const std::string& formula) const {
  return say(host_, what, {{"formula", text::shortened(formula, most_title_bytes)}});
}

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
    return fail(say(host_, no_formula));
  }
  if (wanted == Wanted::edit && !host_.client.applies_edits) {
    return fail(say(host_, takes_no_edits));
  }
  if (wanted == Wanted::hint && formula->in_words) return fail(say(host_, no_hints));
  if (wanted == Wanted::hint && hinted_ && hinted_->uri == uri &&
      hinted_->formula == formula->text) {
    show_next_hint();
    return base::Done{};
  }
  if (work_ && work_->wanted == wanted && work_->document->uri() == uri &&
      work_->formula.text == formula->text) {
    host_.show(MessageType::info, titled(still_solving, formula->text));
    return base::Done{};
  }
  if (work_) end_work(say(host_, another_formula));
  const std::string token = concat("lemma/solve/", ++works_);
  work_ = std::unique_ptr<Work>(new Work{token, document, std::move(*formula), wanted, {}});
  begin_progress(host_, token, titled(solving_it, work_->formula.text));
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
  end_progress(host_, token, result ? say(host_, solved) : result.message());
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
    return wire::apply_edits(id, say(host_, solve_title), action, wire::edits_of(host_.client));
  });
}

void Solving::show_next_hint() {
  const size_t count = hinted_->steps.size();
  if (hinted_->shown == count) hinted_->shown = 0;  // once more from the start
  const size_t number = ++hinted_->shown;
  host_.show(MessageType::info, say(host_, step_of,
                                    {{"number", std::to_string(number)},
                                     {"count", std::to_string(count)},
                                     {"step", hinted_->steps[number - 1]}}));
}

void Solving::changed(const std::string& uri) {
  if (work_ && work_->document->uri() == uri) {
    const std::string why = say(host_, has_changed);
    const std::string formula = text::shortened(work_->formula.text, most_title_bytes);
    host_.show(MessageType::info,
               say(host_, solving_given_up, {{"formula", formula}, {"why", why}}));
    end_work(why);
  }
}

void Solving::cancel(const std::string& token) {
  if (work_ && work_->token == token) end_work(say(host_, cancelled));
}

std::vector<wire::CodeAction> Solving::actions(const wire::SpanParams& params) {
  std::vector<wire::CodeAction> actions;
  if (!solver_ || !wanted(params, "refactor") || !host_.documents.contains(params.uri)) return {};
  const Snapshot document = host_.documents.snapshot(params.uri);
  if (!document) return {};
  const auto formula = formula_of(*document, params.span);
  if (!formula) return {};
  const auto add = [&](const Sentence& what, const char* command) {
    actions.push_back(
        command_action(titled(what, formula->text), "refactor", params.uri, command, params.span));
  };
  if (host_.client.applies_edits) add(solve_it, solve_command);
  if (!formula->in_words) add(hint_for_it, hint_command);
  return actions;
}

std::vector<wire::CodeLens> Solving::lenses(const std::string& uri) {
  std::vector<wire::CodeLens> lenses;
  if (!solver_ || !host_.client.applies_edits || !host_.documents.contains(uri)) return lenses;
  const Snapshot document = host_.documents.snapshot(uri);
  if (!document) return lenses;
  for (const Formula& formula : solver_->asked(*document)) {
    const wire::Span span = span_of(*document, formula.range, host_.encoding);
    lenses.push_back({span, say(host_, solve_here), solve_command, uri, span});
  }
  return lenses;
}

}  // namespace lsp::server
