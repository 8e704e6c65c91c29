// `lemma debug FILE`: why it fails, and changes that pass its tests.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "engine/base/format.h"
#include "lsp/commands.h"
#include "lsp/debug_models.h"
#include "lsp/editor_debug.h"
#include "lsp/engine_model.h"
#include "lsp/features/debug/debug.h"
#include "lsp/questions.h"
#include "lsp/replace_text.h"
#include "lsp/server/evidence.h"
#include "lsp/terminal.h"
#include "lsp/wire/debug_report.h"

namespace lsp {
namespace {

namespace debug = features::debug;
namespace fs = std::filesystem;
using engine::base::Result;

Result<debug::Subject> subject_of(const DebugChoice& choice) {
  const bool looked_for = choice.tests.empty() && choice.command.empty();
  // What is wrong with a header's functions is mostly in the source beside it.
  std::error_code error;
  const auto source =
      choice.command.empty() ? debug::source_of(fs::absolute(choice.file, error)) : std::nullopt;
  const std::string file = source.value_or(choice.file);
  auto question = looked_for ? question_about_tested(file) : question_about(file);
  if (!question) return question.error();
  if (!choice.tests.empty()) {
    if (auto named = name_tests(*question, choice.tests); !named) return named.error();
  } else if (looked_for && question->tests.empty()) {
    find_tests(*question);
  }
  question->command = choice.command;
  return debug::find_subject(std::move(*question));
}

wire::DebugReport report_of(const debug::Report& found) {
  wire::DebugReport report{.note = found.note, .model_note = found.model_note, .ms = found.ms};
  if (found.failure) {
    const debug::Found& failure = *found.failure;
    report.failure = {failure.verdict, failure.type,      failure.message, {},
                      failure.red,     failure.reproduced};
    for (const auto& [file, line, function, locals] : failure.frames) {
      report.failure->frames.push_back({file, line, function, {}});
      for (const auto& [name, value] : locals) {
        report.failure->frames.back().locals.emplace_back(name, value);
      }
    }
  }
  for (const auto& [step, text, line, generated] : found.hints) {
    report.hints.push_back({step, text, line, generated});
  }
  for (const debug::Fix& fix : found.fixes) {
    using Verified = wire::DebugReport::Verified;
    const Verified verified = fix.verified == debug::Verified::yes        ? Verified::yes
                              : fix.verified == debug::Verified::no_crash ? Verified::no_crash
                                                                          : Verified::no;
    report.fixes.push_back({fix.diff, fix.what, verified, fix.evidence, fix.ms, fix.generated});
  }
  return report;
}

constexpr text::Sentence no_failure = {"no failure: {note}", "没有失败：{note}",
                                       "aucun échec : {note}", "kein Scheitern: {note}"};
constexpr text::Sentence no_fix = {"no fix found: {note}", "没有找到修正：{note}",
                                   "aucune correction trouvée : {note}",
                                   "keine Korrektur gefunden: {note}"};
constexpr text::Sentence changed = {"changed {file}", "已修改 {file}", "{file} modifié",
                                    "{file} geändert"};
constexpr text::Sentence not_applied = {
    "nothing was applied, since no fix is verified", "没有应用任何修改，因为没有已验证的修正",
    "rien n'a été appliqué, car aucune correction n'est vérifiée",
    "nichts wurde angewandt, da keine Korrektur geprüft ist"};
constexpr text::Sentence not_mended = {"it fails, and no fix is verified",
                                       "程序失败，而没有已验证的修正",
                                       "il échoue, et aucune correction n'est vérifiée",
                                       "es scheitert, und keine Korrektur ist geprüft"};

void print(const server::Finding& finding, const wire::DebugReport& report) {
  const text::Tongue tongue = finding.tongue;
  if (!report.failure) std::cout << said(no_failure, tongue, {{"note", report.note}}) << '\n';
  for (const auto& hint : report.hints) std::cout << hint.text << '\n';
  for (const server::Finding::Fix& fix : finding.fixes) {
    std::cout << '\n' << server::verdict_on(fix, tongue) << '\n' << fix.diff;
  }
  if (report.failure && report.fixes.empty() && !report.note.empty())
    std::cout << said(no_fix, tongue, {{"note", report.note}}) << '\n';
  if (!report.applied.empty())
    std::cout << '\n' << said(changed, tongue, {{"file", report.applied}}) << '\n';
}

}  // namespace

int run_debug(const DebugChoice& choice, Output output) {
  const auto subject = subject_of(choice);
  if (!subject) {
    std::cerr << "lemma debug: " << subject.message() << '\n';
    return 1;
  }
  debug::Options options{
      .tongue = text::tongue_of_locale(choice.language.empty() ? text::locale_of_messages()
                                                               : choice.language),
      .search_ms = choice.budget_ms};
  std::signal(SIGPIPE, SIG_IGN);  // an endpoint may go while it is written to
  const auto shared = std::make_shared<SharedEngine>(read_machine_settings({}).settings);
  if (!choice.hint.empty()) options.until = debug::Options::Until::failure;
  options.models = models_for(shared, *subject, options.tongue);
  sandbox::runner::Runner sandbox({.ready = options.workers});
  const auto found = [&] {
    ProgressLine line;
    options.on_progress = [&](const std::string& how_far) { line.show(how_far); };
    return debug::debug(*subject, sandbox, options);
  }();
  if (!found) {
    std::cerr << "lemma debug: " << found.message() << '\n';
    return 1;
  }
  wire::DebugReport report = report_of(*found);
  if (!choice.hint.empty()) {
    std::erase_if(report.hints, [&](const auto& each) { return each.step != choice.hint; });
  }
  const bool proved =
      !found->fixes.empty() && found->fixes.front().verified == debug::Verified::yes;
  engine::base::Status applied = engine::base::Done{};
  if (choice.apply && proved) {
    const debug::Question& question = subject->question;
    applied = replace_text(question.file, question.text, found->fixes.front().text);
    if (applied) report.applied = question.file;
  } else if (choice.apply && found->failure) {
    std::cerr << "lemma debug: " << said(not_applied, options.tongue) << '\n';
  }
  if (!report.model_note.empty()) std::cerr << "lemma debug: " << report.model_note << '\n';
  if (output == Output::json) {
    std::cout << wire::to_json(report) << '\n';
  } else {
    print(finding_of(*subject, *found, options.tongue), report);
  }
  if (!applied) {
    std::cerr << "lemma debug: " << applied.message() << '\n';
    return 1;
  }
  if (output == Output::json) return 0;  // the verdict is the answer, whatever it is
  if (!found->failure || proved || !choice.hint.empty()) return 0;
  if (!choice.apply) std::cerr << "lemma debug: " << said(not_mended, options.tongue) << '\n';
  return 1;
}

}  // namespace lsp
