#include "lsp/features/change/trying.h"

#include <algorithm>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/diff.h"
#include "lsp/features/debug/suspicion.h"

namespace lsp::features::change {
namespace {

using debug::Trial;
using engine::base::concat;
using engine::base::fail;
using engine::base::Result;
using std::chrono::milliseconds;

constexpr milliseconds for_comparison{6'000};
constexpr milliseconds for_compiled_comparison{15'000};  // each run is compiled
constexpr size_t most_reason_bytes = 160;

bool is_compiled(const debug::Subject& subject) {
  return subject.language == syntax::Language::cpp || subject.language == syntax::Language::c;
}

std::string first_line(const std::string& text) {
  return text.substr(0, std::min(text.find('\n'), most_reason_bytes));
}

// Of what pytest could not even load the last line of its traceback says why.
std::string said_by_failure(const std::string& message) {
  const size_t last = message.rfind("\nE ");
  if (last == std::string::npos) return first_line(message);
  const std::string line = message.substr(last + 3);
  return first_line(line.substr(std::min(line.find_first_not_of(' '), line.size())));
}

std::string why_red(const Trial& trial) {
  const auto& run = trial.run;
  if (!run.diagnostics.empty()) return first_line(run.diagnostics.front().message);
  if (!run.findings.failures.empty()) {
    const auto& [type, message, frames] = run.findings.failures.front();
    return message.empty() ? type : concat(type, ": ", said_by_failure(message));
  }
  return run.outcome.reason.empty() ? debug::runner::verdict_name(run.outcome.verdict)
                                    : run.outcome.reason;
}

bool passed(const Trial& trial, const std::string& test) {
  const auto found = trial.tests.find(test);
  return found != trial.tests.end() && found->second == "passed";
}

}  // namespace

Trying::Trying(const debug::Subject& subject, debug::runner::Runner& sandbox,
               const std::stop_token& stop)
    : subject_(subject), sandbox_(sandbox), stopped_(stop, [this] { end_.request_stop(); }) {
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

void Trying::compare_tests(const Trial& before, const Trial& after, Tried& tried) const {
  for (const auto& [name, outcome] : after.tests) {
    const bool is_new = !before.tests.contains(name) && !before.tests.empty();
    const bool fails = outcome != "passed" && outcome != "skipped";
    if (outcome == "passed" && !passed(before, name) && !is_new) {
      tried.mended.push_back(debug::plain_name(name));
    }
    if ((outcome != "passed" && passed(before, name)) || (is_new && fails)) {
      tried.broken.push_back(debug::plain_name(name));
    }
  }
  for (const auto& [name, outcome] : before.tests) {
    if (after.tests.contains(name) || outcome != "passed") continue;
    // Where the tests are in the file itself, the change can take one away.
    const bool ran = after.green || !after.tests.empty();
    const bool taken = subject_.own_tests() && (ran || after.run.findings.failures.empty());
    (taken ? tried.gone : tried.broken).push_back(debug::plain_name(name));
  }
}

// What fails by chance is not the change's doing: it must fail with it twice, and pass before
// twice.
void Trying::forget_flaky(const std::string& text, Tried& tried) const {
  const auto before = run(subject_.question.text), after = run(text);
  if (!before || !after) return;
  Tried again;
  compare_tests(*before, *after, again);
  std::erase_if(tried.broken, [&](const std::string& test) {
    return std::find(again.broken.begin(), again.broken.end(), test) == again.broken.end();
  });
  const bool fails = before->green && !after->green && again.gone.empty();
  tried.breaks = !tried.broken.empty() || (fails && again.broken.empty());
  tried.by_chance = !tried.breaks;
  if (!tried.by_chance || !after->green) return;
  tried.green = true;
  tried.passing.passed = after->passed();
  tried.why.clear();
}

Result<Tried> Trying::with(const std::string& text) {
  const Result<Trial>& before = before_.get();
  if (!before) return before.error();
  const auto after = run(text);
  if (!after) return after.error();
  Tried tried{
      .passing = {.proof = subject_.proof, .passed = after->passed(), .tests = after->tests.size()},
      .green = after->green};
  tried.ended = !after->cut_off;
  tried.ended_before = !before->cut_off;
  if (!after->green) tried.why = why_red(*after);
  if (!tried.ended_before) return tried;
  compare_tests(*before, *after, tried);
  const bool fails = before->green && !after->green && tried.gone.empty();
  tried.breaks = !tried.broken.empty() || fails;
  if (tried.breaks && tried.ended) forget_flaky(text, tried);
  return tried;
}

bool Trying::runs_changed_lines(const std::string& text) const {
  const auto tree = debug::parse(text, subject_.language);
  if (!tree) return true;
  const syntax::Nodes nodes(*tree);
  const text::Document& document = tree->document();
  std::set<int> written;
  for (const int line : debug::changed_lines(subject_.question.text, text).in_after) {
    const text::Range range = document.line_range(static_cast<size_t>(line) - 1);
    const std::string_view all = document.text().substr(range.begin, range.end - range.begin);
    const size_t column = std::min(all.find_first_not_of(" \t"), all.size());
    const int probed =
        debug::statement_line(nodes, *debug::grammar_of(subject_.language), range.begin + column);
    if (probed == 0) return true;
    written.insert(probed);
  }
  const debug::Version version{.text = text, .deadline_ms = run_ms, .stop = stop_};
  const auto pieces = debug::run_probes(sandbox_, subject_, version);
  const auto runs_one = [&](const debug::Piece& piece) {
    return std::any_of(written.begin(), written.end(),
                       [&](int line) { return piece.lines.contains(line); });
  };
  return written.empty() || pieces.empty() || std::any_of(pieces.begin(), pieces.end(), runs_one);
}

// Whether many runs in one sandbox say the same as a run alone.
bool Trying::has_batches() const {
  if (is_compiled(subject_) || !debug::has_batches(subject_)) return false;
  const std::string& text = subject_.question.text;
  const debug::Version version{.text = text, .pace = debug::Pace::quick, .stop = stop_};
  const auto alone = debug::try_version(sandbox_, subject_, version);
  return alone && debug::batch_says_the_same(sandbox_, subject_, version, *alone);
}

std::optional<debug::Comparison> Trying::compared(const std::string& text) {
  const Result<Trial>& before = before_.get();
  const std::string& original = subject_.question.text;
  // What the program did while it was red is nothing to go by.
  if (!before || !before->green || text == original) return std::nullopt;
  debug::CompareLimits limits{.batches = has_batches(), .workers = 2, .stop = stop_};
  const auto compare = [&](const std::string& first, const std::string& other) {
    limits.deadline = std::chrono::steady_clock::now() +
                      (is_compiled(subject_) ? for_compiled_comparison : for_comparison);
    return debug::compare(sandbox_, subject_, first, {first, other}, limits);
  };
  debug::Comparison comparison = compare(text, original);
  // What is no call's (a line that was written, maybe by the tests' own harness) says little.
  if (comparison.difference && comparison.difference->call.empty()) return std::nullopt;
  if (comparison.difference && compare(original, original).difference) return std::nullopt;
  const bool cut_off = comparison.first_cut_off > 0 || comparison.other_cut_off > 0;
  if (!comparison.difference && !cut_off && comparison.new_inputs == 0) return std::nullopt;
  return comparison;
}

}  // namespace lsp::features::change
