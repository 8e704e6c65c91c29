#include "lsp/features/change/trying.h"

#include <algorithm>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"

namespace lsp::features::change {
namespace {

using debug::Trial;
using engine::base::concat;
using engine::base::fail;
using engine::base::Result;
using std::chrono::milliseconds;

constexpr uint32_t run_ms = 20'000;
constexpr milliseconds for_comparison{6'000};
constexpr milliseconds for_compiled_comparison{15'000};  // each run is compiled
constexpr size_t most_reason_bytes = 160;

bool is_compiled(const debug::Subject& subject) {
  return subject.language == syntax::Language::cpp || subject.language == syntax::Language::c;
}

std::string first_line(const std::string& text) {
  return text.substr(0, std::min(text.find('\n'), most_reason_bytes));
}

std::string why_red(const Trial& trial) {
  const auto& run = trial.run;
  if (!run.diagnostics.empty()) return first_line(run.diagnostics.front().message);
  if (!run.findings.failures.empty()) {
    const auto& [type, message, frames] = run.findings.failures.front();
    return message.empty() ? type : concat(type, ": ", first_line(message));
  }
  return run.outcome.reason.empty() ? debug::runner::verdict_name(run.outcome.verdict)
                                    : run.outcome.reason;
}

bool passed(const Trial& trial, const std::string& test) {
  const auto found = trial.tests.find(test);
  return found != trial.tests.end() && found->second == "passed";
}

}  // namespace

Trying::Trying(const debug::Subject& subject, debug::runner::Runner& sandbox, std::stop_token stop)
    : subject_(subject), sandbox_(sandbox), stop_(std::move(stop)) {
  before_ = std::async(std::launch::async, [this] { return run(subject_.question.text); }).share();
}

Result<Trial> Trying::run(const std::string& text) const {
  using debug::runner::Verdict;
  const debug::Version version{.text = text, .deadline_ms = run_ms, .stop = stop_};
  auto trial = debug::try_version(sandbox_, subject_, version);
  if (!trial) return trial.error();
  const auto& outcome = trial->run.outcome;
  const bool refused = outcome.verdict == Verdict::refused ||
                       outcome.verdict == Verdict::could_not_start ||
                       outcome.verdict == Verdict::cancelled;
  if (refused) return fail(outcome.reason);
  return trial;
}

Result<Tried> Trying::with(const std::string& text) {
  const Result<Trial>& before = before_.get();
  if (!before) return before.error();
  const auto after = run(text);
  if (!after) return after.error();
  Tried tried{.green = after->green};
  tried.passing = {
      .proof = subject_.proof, .passed = after->passed(), .tests = after->tests.size()};
  for (const auto& [name, outcome] : after->tests) {
    const bool is_new = !before->tests.contains(name) && !before->tests.empty();
    if (outcome == "passed" && !passed(*before, name) && !is_new) {
      tried.mended.push_back(debug::plain_name(name));
    }
    if (outcome != "passed" && outcome != "skipped" && (passed(*before, name) || is_new)) {
      tried.broken.push_back(debug::plain_name(name));
    }
  }
  for (const auto& [name, outcome] : before->tests) {
    // One that the change itself takes away is not broken.
    const bool gone = !after->tests.contains(name) && !subject_.own_tests();
    if (gone && outcome == "passed") tried.broken.push_back(debug::plain_name(name));
  }
  tried.breaks = !tried.broken.empty() || (before->green && !after->green);
  if (!after->green) tried.why = why_red(*after);
  return tried;
}

// Whether many runs in one sandbox say the same as a run alone.
bool Trying::has_batches() const {
  if (is_compiled(subject_) || !debug::has_batches(subject_)) return false;
  const std::string& text = subject_.question.text;
  const debug::Version version{.text = text, .pace = debug::Pace::quick, .stop = stop_};
  const auto alone = debug::try_version(sandbox_, subject_, version);
  const auto batch = debug::try_batch(sandbox_, subject_, {{text}}, version);
  return alone && batch[0] && batch[0]->green == alone->green && batch[0]->tests == alone->tests;
}

std::optional<debug::Comparison> Trying::compared(const std::string& text) {
  const Result<Trial>& before = before_.get();
  const std::string& original = subject_.question.text;
  // What the program did while it was red is nothing to go by.
  if (!before || !before->green || text == original) return std::nullopt;
  debug::CompareLimits limits{.batches = has_batches(), .workers = 2, .stop = stop_};
  limits.deadline = std::chrono::steady_clock::now() +
                    (is_compiled(subject_) ? for_compiled_comparison : for_comparison);
  debug::Comparison comparison = debug::compare(sandbox_, subject_, text, {text, original}, limits);
  if (!comparison.difference && comparison.inputs == 0) return std::nullopt;
  return comparison;
}

}  // namespace lsp::features::change
