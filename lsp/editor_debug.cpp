#include "lsp/editor_debug.h"

#include <filesystem>

#include "engine/base/read_file.h"
#include "lsp/debug_models.h"
#include "lsp/features/debug/debug.h"
#include "lsp/features/debug/evidence.h"
#include "lsp/features/debug/trial.h"
#include "lsp/questions.h"
#include "lsp/text/uri.h"

namespace lsp {
namespace {

namespace base = engine::base;
namespace debug = features::debug;
using server::Finding;

Finding::Proof proof_of(debug::Verified verified) {
  return verified == debug::Verified::yes        ? Finding::Proof::verified
         : verified == debug::Verified::no_crash ? Finding::Proof::no_crash
                                                 : Finding::Proof::none;
}

std::string author_of(const debug::Fix& fix, text::Tongue tongue) {
  static constexpr text::Sentence rule = {"a rule that makes small changes", "做小修改的规则",
                                          "une règle qui fait de petits changements",
                                          "einer Regel, die kleine Änderungen macht"};
  static constexpr text::Sentence completing = {
      "the model that completes, with its memory", "补全模型及其记忆",
      "le modèle qui complète, avec sa mémoire",
      "dem Modell, das vervollständigt, mit seinem Gedächtnis"};
  static constexpr text::Sentence spoken_to = {"the model that you talk to", "与您对话的模型",
                                               "le modèle à qui vous parlez",
                                               "dem Modell, mit dem Sie sprechen"};
  if (!fix.generated) return said(rule, tongue);
  return said(fix.what == debug::rewritten_line ? completing : spoken_to, tongue);
}

std::string run_of(const debug::Subject& subject) {
  if (subject.proof == debug::Proof::command) return subject.question.command;
  return std::filesystem::path(subject.tests).filename();
}

std::optional<syntax::Language> language_of(const text::Document& document) {
  // By its name, as a run takes it.
  return syntax::language_of("", document.uri(), document.text());
}

constexpr text::Sentence no_tests = {"there are no tests", "没有测试", "il n'y a pas de tests",
                                     "es gibt keine Tests"};
// Nobody has asked for it.
constexpr uint32_t mend_ms = 10'000;
const std::optional<server::Alternative> no_alternative;

server::StartingPlace::What what_of(debug::Start::Kind kind) {
  using What = server::StartingPlace::What;
  return kind == debug::Start::Kind::test       ? What::test
         : kind == debug::Start::Kind::examples ? What::example
                                                : What::program;
}

class EditorDebugger : public server::Debugger {
 public:
  explicit EditorDebugger(std::shared_ptr<SharedEngine> engine) : engine_(std::move(engine)) {}

  bool knows(const text::Document& document) const override {
    const auto language = language_of(document);
    return language && debug::can_debug(*language);
  }

  std::vector<server::StartingPlace> places(const text::Document& document) const override {
    const auto language = language_of(document);
    if (!language) return {};
    const std::string module = std::filesystem::path(text::path_of(document.uri())).stem();
    std::vector<server::StartingPlace> places;
    for (const debug::Start& start : debug::starts_of(document.text(), *language, module)) {
      places.push_back({start.line, what_of(start.kind)});
    }
    return places;
  }

  base::Result<Finding> debug(const server::DebugQuestion& question, const Told& told,
                              std::stop_token stop) override {
    const auto subject = subject_of(question);
    if (!subject) return subject.error();
    using Until = server::DebugQuestion::Until;
    const bool fixes = question.until == Until::fixes;
    const text::Tongue tongue = text::tongue_of_locale(question.locale);
    if (!fixes && subject->proof != debug::Proof::tests && subject->own_tests()) {
      return finding_of(*subject, {.note = said(no_tests, tongue)}, tongue);
    }
    debug::Options options{
        .tongue = tongue,
        .until = fixes ? debug::Options::Until::fixes : debug::Options::Until::failure,
        .stop = std::move(stop)};
    if (fixes) options.models = models_for(engine_, *subject, options.tongue);
    options.on_failure = [&](const debug::Report& report) {
      told.failed(finding_of(*subject, report, tongue));
    };
    options.on_progress = told.how_far;
    sandbox::runner::Runner sandbox({.ready = fixes ? options.workers : 0});
    const auto report = debug::debug(*subject, sandbox, options);
    if (!report) return report.error();
    return finding_of(*subject, *report, tongue);
  }

  base::Result<server::Verdict> check(const server::DebugQuestion& question,
                                      std::stop_token stop) override {
    const auto subject = subject_of(question);
    if (!subject) return subject.error();
    if (subject->proof != debug::Proof::tests) return server::Verdict{};
    sandbox::runner::Runner sandbox({.ready = 0});
    const debug::Version version{.text = subject->question.text, .stop = std::move(stop)};
    const auto trial = debug::try_version(sandbox, *subject, version);
    if (!trial) return trial.error();
    return server::Verdict{trial->passed(), trial->tests.size()};
  }

  base::Result<std::optional<server::Alternative>> mend(const server::DebugQuestion& question,
                                                        const text::Range& suggested,
                                                        std::stop_token stop) override {
    const auto subject = subject_of(question);
    if (!subject) return subject.error();
    const std::string_view text = question.document->text();
    const bool is_program = subject->question.text == text;  // and not its tests
    if (!is_program || subject->proof != debug::Proof::tests) return no_alternative;
    debug::Options options{.search_ms = mend_ms, .workers = 1, .stop = std::move(stop)};
    options.within = suggested;
    sandbox::runner::Runner sandbox({.ready = options.workers});
    const auto report = debug::debug(*subject, sandbox, options);
    if (!report) return report.error();
    if (report->fixes.empty() || !report->failure) return no_alternative;
    const std::string_view mended = report->fixes.front().text;
    const size_t rest = text.size() - suggested.end;
    const size_t tests = report->failure->tests;
    return std::optional<server::Alternative>(
        {std::string(mended.substr(suggested.begin, mended.size() - rest - suggested.begin)),
         {tests, tests}});
  }

 private:
  base::Result<debug::Subject> subject_of(const server::DebugQuestion& question) const {
    const std::string path = text::path_of(question.document->uri());
    auto asked =
        question_for(path, std::string(question.document->text()), engine_->settings().python,
                     [&](const std::string& program) { return read(program, question.others); });
    if (!asked) return asked.error();
    asked->line = question.line;
    return debug::find_subject(std::move(*asked));
  }

  // As it is in the editor, if it is open there.
  static base::Result<std::string> read(const std::string& path,
                                        const std::vector<server::Snapshot>& open) {
    for (const server::Snapshot& document : open) {
      if (text::path_of(document->uri()) == path) return std::string(document->text());
    }
    return base::read_file(path);
  }

  const std::shared_ptr<SharedEngine> engine_;
};

}  // namespace

Finding finding_of(const debug::Subject& subject, const debug::Report& report,
                   text::Tongue tongue) {
  const debug::Question& question = subject.question;
  Finding finding{.program = question.file,
                  .program_text = question.text,
                  .note = report.note,
                  .model_note = report.model_note,
                  .run = run_of(subject),
                  .ms = report.ms,
                  .tongue = tongue};
  if (report.failure) {
    finding.failed = true;
    finding.type = report.failure->type;
    finding.message = report.failure->message;
    finding.red = report.failure->red;
    finding.tests = report.failure->tests;
    finding.red_runs = report.failure->reproduced ? 2 : 1;
    for (const auto& [file, line, function, locals] : report.failure->frames) {
      finding.frames.push_back({file, line, function, {}});
      for (const auto& [name, value] : locals) {
        finding.frames.back().locals.emplace_back(name, value);
      }
    }
  }
  for (const debug::Hint& hint : report.hints) finding.hints.push_back(hint.text);
  for (const debug::Fix& fix : report.fixes) {
    finding.fixes.push_back({fix.text, fix.diff, debug::name_of_kind(fix.what, tongue),
                             fix.evidence, proof_of(fix.verified), fix.generated,
                             author_of(fix, tongue), fix.mended, fix.kept, fix.green_runs, fix.ms,
                             fix.seen});
  }
  return finding;
}

std::shared_ptr<server::Debugger> make_debugger(std::shared_ptr<SharedEngine> engine) {
  return std::make_shared<EditorDebugger>(std::move(engine));
}

}  // namespace lsp
