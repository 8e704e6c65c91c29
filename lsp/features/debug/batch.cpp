#include "lsp/features/debug/batch.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <sstream>

#include "lsp/features/debug/runs.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using syntax::Language;

constexpr size_t least_shared = 8;  // a worker starts an interpreter for its part

bool is_cpp(const Subject& subject) {
  return subject.language == Language::cpp || subject.language == Language::c;
}

}  // namespace

bool has_batches(const Subject& subject) {
  if (subject.proof == Proof::command) return false;
  return subject.language == Language::python || subject.language == Language::cpp ||
         subject.language == Language::javascript || subject.language == Language::typescript;
}

size_t batch_size(const Subject& subject, const Version& version, size_t tried) {
  if (is_cpp(subject)) {
    if (version.sanitized) return tried < 80 ? 40 : 80;
    return tried < 120 ? 60 : 120;
  }
  return tried < 100 ? 30 : 80;
}

Trials try_batch(runner::Runner& sandbox, const Subject& subject,
                 const std::vector<Attempt>& attempts, const Version& version) {
  if (attempts.empty()) return {};
  if (subject.language == Language::python) {
    return try_python(sandbox, subject, attempts, version);
  }
  if (is_cpp(subject)) return try_cpp(sandbox, subject, attempts, version);
  return try_javascript(sandbox, subject, attempts, version);
}

bool batch_says_the_same(runner::Runner& sandbox, const Subject& subject, const Version& version,
                         const Trial& alone) {
  const Trials trials = try_batch(sandbox, subject, {{version.text}}, version);
  const auto& found = trials[0];
  if (!found || found->green != alone.green) return false;
  if (!never_ends(alone.run.outcome)) return found->tests == alone.tests;
  // It may not have come to telling of all that passed before.
  return std::all_of(alone.tests.begin(), alone.tests.end(), [&](const auto& told) {
    const auto its = found->tests.find(told.first);
    return its != found->tests.end() && its->second == told.second;
  });
}

Trials try_batches(runner::Runner& sandbox, const Subject& subject,
                   const std::vector<Attempt>& attempts, const Version& version, unsigned workers) {
  const size_t most = is_cpp(subject) ? 1 : std::max(workers, 1U);
  const size_t parts = std::clamp<size_t>(attempts.size() / least_shared, 1, most);
  const auto part = [&](size_t number) {
    const auto at = [&](size_t index) {
      return attempts.begin() + static_cast<std::ptrdiff_t>(attempts.size() * index / parts);
    };
    return try_batch(sandbox, subject, {at(number), at(number + 1)}, version);
  };
  std::vector<std::future<Trials>> others;
  for (size_t number = 1; number < parts; ++number) {
    others.push_back(std::async(std::launch::async, part, number));
  }
  Trials trials = part(0);
  for (auto& other : others) {
    Trials its = other.get();
    std::move(its.begin(), its.end(), std::back_inserter(trials));
  }
  return trials;
}

std::string program_path(const Subject& subject, const std::string& at) {
  if (subject.own_tests()) return at;
  if (subject.question.workspace) return subject.question.file;
  return std::string(sandbox::policy::work_folder) + "/" +
         fs::path(subject.question.file).filename().string();
}

runner::Outcome run_attempts(runner::Runner& sandbox, runner::Request& request,
                             const runner::Step& step, const std::vector<Attempt>& attempts,
                             const Version& version) {
  const std::string work = sandbox::policy::work_folder;
  request.results = {"statuses"};
  for (size_t i = 0; i < attempts.size(); ++i) {
    const auto& [text, tests] = attempts[i];
    const std::string number = std::to_string(i);
    request.job.files.push_back({work + "/version-" + number, text});
    if (tests) request.job.files.push_back({work + "/tests-" + number, *tests});
    request.results.push_back("records-" + number);
    request.results.push_back("output-" + number);
  }
  request.job.steps = {step};
  request.deadline_ms = version.batch_ms;
  request.stop = version.stop;
  return sandbox.run(request);
}

Trials none_ran(size_t count) {
  Trial trial;
  trial.ran = false;
  return Trials(count, trial);
}

std::string result_of(const runner::Outcome& outcome, const std::string& name) {
  const auto found = outcome.results.find(name);
  const bool there = found != outcome.results.end() && found->second.ok();
  return there ? *found->second : std::string();
}

std::vector<int> statuses_of(const runner::Outcome& outcome) {
  std::vector<int> statuses;
  std::istringstream text(result_of(outcome, "statuses"));
  for (int status; text >> status;) statuses.push_back(status);
  return statuses;
}

}  // namespace lsp::features::debug
