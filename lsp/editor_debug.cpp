#include "lsp/editor_debug.h"

#include "engine/base/read_file.h"
#include "lsp/features/debug/debug.h"
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

Finding finding_of(const debug::Question& question, const debug::Report& report) {
  Finding finding{.program = question.file, .program_text = question.text, .note = report.note};
  if (report.failure) {
    finding.failed = true;
    finding.type = report.failure->type;
    finding.message = report.failure->message;
    finding.red = report.failure->red;
    for (const auto& [file, line, function, locals] : report.failure->frames) {
      finding.frames.push_back({file, line, function, {}});
      for (const auto& [name, value] : locals) {
        finding.frames.back().locals.emplace_back(name, value);
      }
    }
  }
  for (const debug::Hint& hint : report.hints) finding.hints.push_back(hint.text);
  for (const debug::Fix& fix : report.fixes) {
    finding.fixes.push_back({fix.text, fix.diff, fix.what, fix.evidence, proof_of(fix.verified)});
  }
  return finding;
}

std::optional<syntax::Language> language_of(const text::Document& document) {
  // By its name, as a run takes it.
  return syntax::language_of("", document.uri(), document.text());
}

class EditorDebugger : public server::Debugger {
 public:
  explicit EditorDebugger(std::string python) : python_(std::move(python)) {}

  bool knows(const text::Document& document) const override {
    const auto language = language_of(document);
    return language && debug::can_debug(*language);
  }

  std::vector<size_t> places(const text::Document& document) const override {
    const auto language = language_of(document);
    if (!language) return {};
    return debug::starting_places(document.text(), *language);
  }

  base::Result<Finding> debug(const server::DebugQuestion& question, const OnFailure& failed,
                              std::stop_token stop) override {
    const auto subject = subject_of(question);
    if (!subject) return subject.error();
    debug::Options options{.tongue = debug::tongue_of_locale(question.locale),
                           .stop = std::move(stop)};
    options.on_failure = [&](const debug::Report& report) {
      failed(finding_of(subject->question, report));
    };
    sandbox::runner::Runner sandbox({.ready = options.workers});
    const auto report = debug::debug(*subject, sandbox, options);
    if (!report) return report.error();
    return finding_of(subject->question, *report);
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

 private:
  base::Result<debug::Subject> subject_of(const server::DebugQuestion& question) const {
    const std::string path = text::path_of(question.document->uri());
    const auto tested = debug::tested_by(path);
    auto text = tested ? read(*tested, question.others)
                       : base::Result<std::string>(std::string(question.document->text()));
    if (!text) return text.error();
    debug::Question asked = question_of(tested.value_or(path), std::move(*text), python_);
    if (tested) asked.tests = path;
    return debug::find_subject(std::move(asked));
  }

  // As it is in the editor, if it is open there.
  static base::Result<std::string> read(const std::string& path,
                                        const std::vector<server::Snapshot>& open) {
    for (const server::Snapshot& document : open) {
      if (text::path_of(document->uri()) == path) return std::string(document->text());
    }
    return base::read_file(path);
  }

  const std::string python_;
};

}  // namespace

std::shared_ptr<server::Debugger> make_debugger(std::string python) {
  return std::make_shared<EditorDebugger>(std::move(python));
}

}  // namespace lsp
