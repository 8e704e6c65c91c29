#include "lsp/features/debug/batch.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;

constexpr const char* batch_path = "/run/lemma/batch.py";
// Argument: the harness, the program's path, the seconds for each, how many. Each child reads its
// message on descriptor 3 as the harness does in a sandbox of its own.
constexpr const char* batch_text = R"(import gc
import os
import runpy
import select
import signal
import sys
import unittest  # noqa: F401

harness, program, seconds, count = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
if sys.argv[5] == "bare":
    sys.modules["pytest"] = None
else:
    import pytest  # noqa: F401
sys.argv = [harness]
main = runpy.run_path(harness, run_name="lemma_harness")["main"]
with open("/sandbox/message") as file:
    message = file.read()
quiet = os.open("/dev/null", os.O_RDWR)
gc.freeze()
for number in range(count):
    with open(f"/sandbox/version-{number}", "rb") as file:
        text = file.read()
    with open(program, "wb") as file:
        file.write(text)
    with open("/sandbox/told", "w") as file:
        file.write(message + f"records\t/sandbox/records-{number}\n")
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        told = os.open("/sandbox/told", os.O_RDONLY)
        for descriptor, to in ((quiet, 0), (quiet, 1), (quiet, 2), (told, 3)):
            os.dup2(descriptor, to)
        try:
            main()
        finally:
            os._exit(1)
    ended = os.pidfd_open(child)
    late = not select.select([ended], [], [], seconds)[0]
    try:
        os.killpg(child, signal.SIGKILL)
    except OSError:
        pass
    status = os.waitpid(child, 0)[1]
    os.close(ended)
    with open("/sandbox/statuses", "a") as file:
        file.write(f"{-1 if late else os.waitstatus_to_exitcode(status)}\n")
)";

std::vector<int> statuses_of(const runner::Outcome& outcome) {
  std::vector<int> statuses;
  const auto found = outcome.results.find("statuses");
  if (found == outcome.results.end() || !found->second.ok()) return statuses;
  std::istringstream text(*found->second);
  for (int status; text >> status;) statuses.push_back(status);
  return statuses;
}

Trial trial_of(const languages::Prepared& prepared, const runner::Outcome& outcome, size_t number,
               int status) {
  Trial trial;
  const auto records = outcome.results.find("records-" + std::to_string(number));
  if (records == outcome.results.end() || !records->second.ok()) return trial;
  languages::Findings& findings = trial.run.findings;
  findings = languages::read_records(*records->second);
  languages::judge(prepared.doctests, prepared.at, findings);
  bool good = true;
  for (const auto& [name, result, message] : findings.tests) {
    trial.tests[name] = result;
    good = good && (result == "passed" || result == "skipped");
  }
  const bool ended = prepared.mode != languages::Mode::tests || findings.token == prepared.token;
  trial.green = status == 0 && good && ended;
  return trial;
}

}  // namespace

bool has_batches(const Subject& subject) {
  return subject.language == syntax::Language::python && subject.proof != Proof::command;
}

std::vector<Trial> try_batch(runner::Runner& sandbox, const Subject& subject,
                             const std::vector<const std::string*>& texts, const Version& version) {
  std::vector<Trial> trials(texts.size());
  auto prepared = prepare_version(subject, version);
  if (!prepared || !prepared->missing.empty()) return trials;
  auto& request = prepared->request;
  const runner::Step warm = *request.plan.warm;
  request.plan.warm.reset();
  request.nudge.reset();
  request.plan.policy.files.push_back({batch_path, batch_text});
  const std::string work = sandbox::policy::work_folder;
  const std::string program =
      subject.own_tests() ? prepared->at
      : subject.question.workspace
          ? subject.question.file
          : work + "/" + fs::path(subject.question.file).filename().string();
  const bool bare = subject.tests_text.find("pytest") == std::string::npos;
  // python -I -B HARNESS …: the batch runs in place of the harness, and runs it.
  const auto harness =
      std::find_if(warm.argv.begin(), warm.argv.end(),
                   [](const std::string& each) { return each.starts_with("/run/lemma/"); });
  if (harness == warm.argv.end()) return trials;
  runner::Step step = warm;
  step.argv.erase(step.argv.begin() + (harness - warm.argv.begin()), step.argv.end());
  step.argv.insert(step.argv.end(),
                   {batch_path, *harness, program, std::to_string(version.deadline_ms / 1000.0),
                    std::to_string(texts.size()), bare ? "bare" : "pytest"});
  request.job.files.push_back({work + "/message", request.job.steps.back().message});
  request.results = {"statuses"};
  const std::string module = fs::path(subject.question.file).stem();
  for (size_t i = 0; i < texts.size(); ++i) {
    std::string text = *texts[i];
    if (!prepared->doctests.empty()) text = languages::find_doctests(text, module).text;
    request.job.files.push_back({work + "/version-" + std::to_string(i), std::move(text)});
    request.results.push_back("records-" + std::to_string(i));
  }
  request.job.steps = {step};
  request.deadline_ms = 2'000 + static_cast<uint32_t>(texts.size()) * version.deadline_ms;
  request.stop = version.stop;
  const runner::Outcome outcome = sandbox.run(request);
  const std::vector<int> statuses = statuses_of(outcome);
  for (size_t i = 0; i < std::min(texts.size(), statuses.size()); ++i) {
    trials[i] = trial_of(*prepared, outcome, i, statuses[i]);
  }
  return trials;
}

}  // namespace lsp::features::debug
