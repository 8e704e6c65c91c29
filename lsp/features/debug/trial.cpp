#include "lsp/features/debug/trial.h"

#include <algorithm>
#include <filesystem>

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::Result;

constexpr const char* bare_path = "/run/lemma/bare.py";
// Runs the harness as if pytest were not there: a tenth of the time.
constexpr const char* bare_text = R"(import runpy
import sys
import unittest  # noqa: F401
sys.modules["pytest"] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
)";

bool is_cpp(const Subject& subject) {
  return subject.language == syntax::Language::cpp || subject.language == syntax::Language::c;
}

languages::Program program_of(const Subject& subject, const Version& version) {
  const Question& asked = subject.question;
  languages::Program program{.file = subject.tests, .workspace = asked.workspace};
  program.command = asked.command;
  program.deadline_ms = version.deadline_ms;
  if (subject.language == syntax::Language::python) program.interpreter = asked.python;
  const bool tested = subject.proof == Proof::tests || (is_cpp(subject) && asked.command.empty());
  program.mode = tested ? languages::Mode::tests : languages::Mode::run;
  if (is_cpp(subject) && version.sanitized) program.sanitizers = languages::Sanitizers::on;
  if (subject.own_tests()) {
    program.text = version.text;
    return program;
  }
  program.text = version.tests ? *version.tests : subject.tests_text;
  program.buffers.push_back({asked.file, version.text});
  return program;
}

// Without pytest, the plan's argv is shorter by its last word.
void make_quick(const Subject& subject, languages::Prepared& prepared) {
  auto& request = prepared.request;
  if (subject.language == syntax::Language::python && request.plan.warm) {
    auto& argv = request.plan.warm->argv;
    const bool needs_pytest = subject.tests_text.find("pytest") != std::string::npos;
    if (needs_pytest || argv.back() != "pytest") return;
    argv.pop_back();
    argv.insert(argv.end() - 1, bare_path);
    request.plan.policy.files.push_back({bare_path, bare_text});
  } else if (is_cpp(subject) && request.job.steps.size() == 2) {
    std::erase(request.job.steps[0].argv, "-g");
  }
}

// Judged as a run of what is wanted alone would be.
bool is_green(const Subject& subject, const languages::Prepared& prepared,
              const languages::Run& run) {
  using runner::Verdict;
  const Verdict verdict = run.outcome.verdict;
  if (subject.wanted.empty()) return verdict == Verdict::passed;
  const bool ended = verdict == Verdict::passed || verdict == Verdict::failed;
  languages::Findings rest = run.findings;
  for (languages::Test& test : rest.tests) {
    if (!subject.wanted.contains(plain_name(test.name))) test.outcome = "skipped";
  }
  return ended && wanted_passed(subject, run.findings) &&
         languages::doubt(rest, prepared.token, languages::Canary::planted).empty();
}

}  // namespace

bool wanted_passed(const Subject& subject, const languages::Findings& findings) {
  std::set<std::string> missing = subject.wanted;
  for (const auto& [name, outcome, message] : findings.tests) {
    const bool good = outcome == "passed" || outcome == "skipped";
    if (subject.wanted.empty() && !good) return false;
    if (!subject.wanted.contains(plain_name(name))) continue;
    if (outcome != "passed") return false;
    missing.erase(plain_name(name));
  }
  return missing.empty();
}

size_t Trial::passed() const {
  return static_cast<size_t>(std::count_if(
      tests.begin(), tests.end(), [](const auto& each) { return each.second == "passed"; }));
}

Result<languages::Prepared> prepare_version(const Subject& subject, const Version& version) {
  auto prepared = languages::prepare(program_of(subject, version));
  if (!prepared) return prepared.error();
  auto& request = prepared->request;
  request.stop = version.stop;
  if (!subject.question.workspace && !subject.own_tests()) {
    const std::string name = fs::path(subject.question.file).filename();
    request.job.files.push_back(
        {std::string(sandbox::policy::work_folder) + "/" + name, version.text});
  }
  for (const auto& file : version.files) request.job.files.push_back(file);
  for (const auto& name : version.results) request.results.push_back(name);
  const bool header = !version.files.empty() && version.files[0].at.ends_with(".h");
  if (is_cpp(subject) && header && request.job.steps.size() == 2) {
    auto& argv = request.job.steps[0].argv;
    argv.insert(argv.begin() + 1, {"-include", version.files[0].at});
  }
  return prepared;
}

Result<Trial> try_version(runner::Runner& sandbox, const Subject& subject, const Version& version) {
  auto prepared = prepare_version(subject, version);
  if (!prepared) return prepared.error();
  auto& request = prepared->request;
  if (version.pace == Pace::quick) make_quick(subject, *prepared);
  if (is_cpp(subject) && version.pace == Pace::quick) {
    // A failure's frames would take a second run, under gdb, and nobody looks at them.
    Trial trial;
    trial.run.outcome = sandbox.run(request);
    trial.green = trial.run.outcome.verdict == runner::Verdict::passed;
    trial.run.diagnostics = languages::why_not_compiled(*prepared, trial.run.outcome);
    return trial;
  }
  Trial trial;
  trial.run = languages::run(sandbox, *prepared);
  trial.green = is_green(subject, *prepared, trial.run);
  for (const auto& [name, outcome, message] : trial.run.findings.tests) {
    trial.tests[name] = outcome;
  }
  return trial;
}

}  // namespace lsp::features::debug
