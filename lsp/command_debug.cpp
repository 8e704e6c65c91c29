// `lemma debug FILE`: why it fails, and fixes that were proved.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "engine/base/format.h"
#include "lsp/commands.h"
#include "lsp/debug_models.h"
#include "lsp/engine_model.h"
#include "lsp/features/debug/debug.h"
#include "lsp/questions.h"
#include "lsp/replace_text.h"
#include "lsp/wire/debug_report.h"

namespace lsp {
namespace {

namespace fs = std::filesystem;
namespace debug = features::debug;
using engine::base::fail;
using engine::base::Result;

Result<debug::Subject> subject_of(const DebugChoice& choice) {
  auto question = question_about(choice.file);
  if (!question) return question.error();
  if (!choice.tests.empty()) question->tests = fs::absolute(choice.tests).lexically_normal();
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

const char* mark(wire::DebugReport::Verified verified) {
  switch (verified) {
    case wire::DebugReport::Verified::yes:
      return "verified";
    case wire::DebugReport::Verified::no_crash:
      return "no-crash";
    case wire::DebugReport::Verified::no:
      return "not verified";
  }
  return "";
}

void print(const wire::DebugReport& report) {
  if (!report.failure) std::cout << "no failure: " << report.note << '\n';
  for (const auto& hint : report.hints) std::cout << hint.text << '\n';
  for (const auto& fix : report.fixes) {
    std::cout << '\n'
              << mark(fix.verified) << (fix.generated ? ", written by a model" : "") << ": "
              << fix.evidence << '\n'
              << fix.diff;
  }
  if (report.failure && report.fixes.empty() && !report.note.empty())
    std::cout << "no fix found: " << report.note << '\n';
  if (!report.applied.empty()) std::cout << "\nchanged " << report.applied << '\n';
}

}  // namespace

int run_debug(const DebugChoice& choice, Output output) {
  const auto subject = subject_of(choice);
  if (!subject) {
    std::cerr << "lemma debug: " << subject.message() << '\n';
    return 1;
  }
  const char* locale = std::getenv("LANG");
  debug::Options options{
      .tongue = debug::tongue_of_locale(choice.language.empty() ? (locale == nullptr ? "" : locale)
                                                                : choice.language),
      .search_ms = choice.budget_ms};
  std::signal(SIGPIPE, SIG_IGN);  // an endpoint may go while it is written to
  const auto shared = std::make_shared<SharedEngine>(read_machine_settings({}).settings);
  if (!choice.hint.empty()) options.until = debug::Options::Until::failure;
  options.models = models_for(shared, *subject, options.tongue);
  sandbox::runner::Runner sandbox({.ready = options.workers});
  const auto found = debug::debug(*subject, sandbox, options);
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
    std::cerr << "lemma debug: nothing was applied, since no fix is verified\n";
  }
  if (!report.model_note.empty()) std::cerr << "lemma debug: " << report.model_note << '\n';
  if (output == Output::json) {
    std::cout << wire::to_json(report) << '\n';
  } else {
    print(report);
  }
  if (!applied) std::cerr << "lemma debug: " << applied.message() << '\n';
  return applied ? 0 : 1;
}

}  // namespace lsp
