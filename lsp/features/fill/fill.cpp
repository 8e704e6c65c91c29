#include "lsp/features/fill/fill.h"

#include <chrono>
#include <filesystem>
#include <future>

#include "engine/base/format.h"
#include "engine/base/json.h"
#include "engine/base/json_object.h"
#include "lsp/features/debug/trial.h"
#include "sandbox/languages/language.h"

namespace lsp::features::fill {
namespace {

using engine::base::concat;
using engine::base::fail;
using engine::base::Json;
using engine::base::JsonValue;
using engine::base::Result;
namespace languages = sandbox::languages;
namespace runner = sandbox::runner;

constexpr const char* package_folder = "/run/lemma/lemma_fill/";
// It lies where the program does, so that the program's own imports find what they name. What lies
// beside it must not stand in for the modules that the search imports.
constexpr const char* driver = R"(import sys
folder = sys.path[0]
sys.path[0] = "/run/lemma"
from lemma_fill.main import main
sys.path[0] = folder
main()
)";
// For an interpreter's start, the program's own imports, and what follows the search.
constexpr uint32_t beside_search_ms = 6'000;

const std::vector<sandbox::policy::File>& program_files() {
  static const std::vector<sandbox::policy::File> files{
#include "lsp/features/fill/program.inc"
  };
  return files;
}

// What the search says, as JSON.
Result<std::string> search(const debug::Subject& subject, const Hole& hole, runner::Runner& sandbox,
                           const Options& options) {
  const std::filesystem::path program = subject.question.file;
  auto prepared = languages::prepare({.file = program,
                                      .text = driver,
                                      .workspace = subject.question.workspace,
                                      .interpreter = subject.question.python,
                                      .deadline_ms = options.search_ms + beside_search_ms});
  if (!prepared) return prepared.error();
  if (!prepared->missing.empty()) return fail(prepared->missing);
  auto& request = prepared->request;
  const std::string& token = prepared->token;
  request.input = engine::base::JsonObject()
                      .text("token", token)
                      .text("program", subject.question.text)
                      .text("function", hole.function)
                      .text("module", program.stem().string())
                      .text("tests", subject.proof == debug::Proof::tests ? subject.tests_text : "")
                      .number("seconds", options.search_ms / 1000.0)
                      .str();
  for (sandbox::policy::File file : program_files()) {
    file.at = package_folder + file.at;
    request.plan.policy.files.push_back(std::move(file));
  }
  request.nudge.reset();
  request.stop = options.stop;
  const languages::Run run = languages::run(sandbox, *prepared);
  const std::string output = run.outcome.output.text();
  const size_t at = output.rfind("\n" + token + " ");
  if (at != std::string::npos) return output.substr(at + token.size() + 2);
  if (run.outcome.verdict == runner::Verdict::timed_out) {
    return fail("the search took longer than ", (options.search_ms + beside_search_ms) / 1000.0,
                " s: does '", subject.question.file, "' end when it is imported?");
  }
  return fail("nothing could be searched: ", run.outcome.reason.empty()
                                                 ? runner::verdict_name(run.outcome.verdict)
                                                 : run.outcome.reason);
}

std::string text_in(const JsonValue& object, const char* name) {
  const auto value = object.find(name);
  const auto text = value ? value->string() : std::nullopt;
  return text ? std::string(*text) : "";
}

size_t count_in(const JsonValue& object, const char* name) {
  const auto value = object.find(name);
  return value ? static_cast<size_t>(value->integer().value_or(0)) : 0;
}

class Filling {
 public:
  Filling(const debug::Subject& subject, const Hole& hole, runner::Runner& sandbox,
          const Options& options)
      : subject_(subject), hole_(hole), sandbox_(sandbox), options_(options) {}

  Result<Report> run() {
    const auto begin = std::chrono::steady_clock::now();
    // What the tests say before, while the search is on.
    auto before = std::async(std::launch::async, [this] { return trial(subject_.question.text); });
    const auto told = search(subject_, hole_, sandbox_, options_);
    const auto red = before.get();
    if (!told) return told.error();
    const auto json = Json::parse(*told);
    if (!json) return fail("the search said nothing that can be read: ", json.message());
    const JsonValue found = json->root();
    if (const std::string why = text_in(found, "unusable"); !why.empty()) return fail(why);
    if (!red) return red.error();
    Report report = report_of(found, *red);
    const auto end = std::chrono::steady_clock::now();
    report.ms = std::chrono::duration<double, std::milli>(end - begin).count();
    return report;
  }

 private:
  Result<debug::Trial> trial(const std::string& text) const {
    debug::Version version{.text = text, .stop = options_.stop};
    return debug::try_version(sandbox_, subject_, version);
  }

  Report report_of(const JsonValue& found, const debug::Trial& red) const {
    Report report;
    report.examples = count_in(found, "examples");
    report.passing = count_in(found, "passing");
    if (const auto candidates = found.find("candidates")) {
      candidates->for_each([&](const JsonValue& candidate) {
        Body body;
        candidate.for_each(
            [&](const JsonValue& line) { body.lines.emplace_back(line.string().value_or("")); });
        body.text = filled(subject_.question.text, hole_, body.lines);
        report.bodies.push_back(std::move(body));
      });
    }
    if (report.bodies.empty()) {
      report.note = concat("no small expression passes the ", report.examples,
                           report.examples == 1 ? " example" : " examples");
      return report;
    }
    judge(report, found, red);
    return report;
  }

  // Holds the bodies against the program's own tests, and says what was seen.
  void judge(Report& report, const JsonValue& found, const debug::Trial& red) const {
    std::string doubt = text_in(found, "doubt");
    const auto verified = found.find("verified");
    const bool agreed = verified && verified->boolean().value_or(false);
    const bool alone = report.bodies.size() == 1;
    std::erase_if(report.bodies, [&](Body& body) {
      std::string tests;
      if (!holds(body.text, red, tests)) return true;
      body.evidence = concat("passes ", report.examples, " of ", report.examples,
                             report.examples == 1 ? " example" : " examples");
      if (!alone) {
        body.evidence += concat("; but another body passes as well, and they differ: ", doubt);
      } else if (!tests.empty()) {
        body.evidence += concat("; ", tests);
      } else if (!agreed) {
        body.evidence += concat("; ", doubt);
      }
      body.verified = alone && agreed && tests.empty();
      return false;
    });
    if (report.bodies.empty()) {
      report.note = "what passes the examples fails the program's tests";
      return;
    }
    Body& first = report.bodies.front();
    if (first.verified) {
      first.evidence += concat("; nothing about as simple passes and differs on ",
                               count_in(found, "inputs"), " other inputs");
    }
    const std::string raises = text_in(found, "raises");
    if (!raises.empty()) first.evidence += concat("; ", raises);
  }

  // Whether the function's examples are green twice, and all else as before. `tests` says what is
  // red still; of functions that are yet to be written, nobody asks that.
  bool holds(const std::string& text, const debug::Trial& red, std::string& tests) const {
    auto second = std::async(std::launch::async, [&] { return trial(text); });
    const Result<debug::Trial> trials[] = {trial(text), second.get()};
    for (const Result<debug::Trial>& now : trials) {
      if (!now) return false;
      size_t better = 0, left = 0;
      for (const auto& [name, outcome] : now->tests) {
        const auto before = red.tests.find(name);
        const bool passed = outcome == "passed" || outcome == "skipped";
        const bool did = before != red.tests.end() && before->second == "passed";
        if (did && !passed) return false;
        better += passed && !did ? 1 : 0;
        if (!passed && is_about_it(name)) return false;
        if (!passed && !name.starts_with("doctest ")) ++left;
      }
      if (better == 0) return false;
      if (left > 0) tests = concat(left, left == 1 ? " test is" : " tests are", " red still");
    }
    return true;
  }

  // A doctest of the function.
  bool is_about_it(const std::string& test) const {
    return test.starts_with("doctest ") && test.ends_with("." + hole_.function);
  }

  const debug::Subject& subject_;
  const Hole& hole_;
  runner::Runner& sandbox_;
  const Options& options_;
};

}  // namespace

Result<Report> fill(const debug::Subject& subject, const Hole& hole, runner::Runner& sandbox,
                    const Options& options) {
  return Filling(subject, hole, sandbox, options).run();
}

}  // namespace lsp::features::fill
