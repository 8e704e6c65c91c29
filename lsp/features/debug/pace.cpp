#include "lsp/features/debug/pace.h"

#include <cmath>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/found.h"
#include "lsp/features/debug/missing.h"
#include "lsp/features/debug/steps.h"

namespace lsp::features::debug {
namespace {

constexpr uint32_t start_ms = 400;     // of an interpreter, on a busy machine
constexpr uint32_t in_batch_ms = 300;  // for one version
constexpr uint32_t endless_in_batch_ms = 100;
constexpr uint32_t endless_alone_ms = 1'000;  // for what has not ended in a run's time already
// More where a module is missing: neither it nor what is imported behind it has been loaded so far.
constexpr uint32_t loading_ms = 2'000;
// A run that takes longer is slow, and all times grow by what it takes more; of a command soon,
// since many versions in one sandbox cannot make up for it.
constexpr uint32_t most_runs_ms = 3'000, most_commands_ms = 500;
// For what is built first, or has tests that wait.
constexpr uint32_t patient_ms = 90'000;
// Of the time of a search, in slow runs; and where that ends.
constexpr int slow_runs = 30;
constexpr std::chrono::milliseconds longest_search{600'000};

constexpr text::Sentence not_ended = {"it has not ended in {short}: waiting up to {long}",
                                      "它在 {short} 内没有结束：最多再等 {long}",
                                      "il n'est pas terminé en {short} : attente jusqu'à {long}",
                                      "es ist in {short} nicht zu Ende: wartet bis zu {long}"};
constexpr text::Sentence takes_long = {
    "one run takes {run}: changes are tried for up to {all}",
    "运行一次需要 {run}：最多用 {all} 尝试修改",
    "une exécution prend {run} : des changements sont essayés pendant {all} au plus",
    "ein Lauf dauert {run}: Änderungen werden bis zu {all} lang versucht"};

uint32_t ms_since(std::chrono::steady_clock::time_point begin) {
  const auto passed = std::chrono::steady_clock::now() - begin;
  return static_cast<uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
}

}  // namespace

bool is_compiled(const Subject& subject) {
  return subject.language == syntax::Language::cpp || subject.language == syntax::Language::c;
}

std::string seconds(uint32_t ms) {
  const double tenths = ms < 10'000 ? std::floor(ms / 100.0) / 10 : std::floor(ms / 1'000.0);
  return engine::base::concat(tenths, " s");
}

// Nothing is seen of what a command runs.
bool Pacemaker::may_end_later(const Trial& cut_off) const {
  if (cut_off.run.outcome.verdict != runner::Verdict::timed_out) return false;
  for (const auto& failure : cut_off.run.findings.failures) {
    for (const auto& frame : failure.frames) {
      if (frame.file == runs_.subject.question.file) return false;
    }
  }
  return true;
}

engine::base::Result<Trial> Pacemaker::first_run() {
  const std::string& text = runs_.subject.question.text;
  const auto run = [&] {
    return try_version(runs_.sandbox, runs_.subject, runs_.version(text, Pace::full));
  };
  auto red = run();
  const uint32_t soon_ms = runs_.full_deadline_ms;
  const uint32_t longer_ms = runs_.options.search_ms ? runs_.left_ms() : patient_ms;
  if (red && may_end_later(*red) && longer_ms > soon_ms && !runs_.is_over()) {
    runs_.full_deadline_ms = longer_ms;
    runs_.tell(text::said(not_ended, runs_.options.tongue,
                          {{"short", seconds(soon_ms)}, {"long", seconds(longer_ms)}}));
    const auto begin = std::chrono::steady_clock::now();
    red = run();
    runs_.full_deadline_ms = soon_ms;
    // What was waited for in vain is not taken from the search.
    const bool in_vain = red && red->run.outcome.verdict == runner::Verdict::timed_out;
    if (in_vain && !runs_.options.search_ms) runs_.end += std::chrono::steady_clock::now() - begin;
  }
  if (red) set_times(red->run.outcome);
  return red;
}

void Pacemaker::set_times(const runner::Outcome& run) {
  const auto run_ms = static_cast<uint32_t>(run.ms);
  const bool command = runs_.subject.proof == Proof::command;
  const uint32_t most_ms = command ? most_commands_ms : most_runs_ms;
  if (never_ends(run) || run_ms <= most_ms) return;
  runs_.slow_ms = run_ms - most_ms;
  // Two run at once, and what is changed may take longer.
  runs_.full_deadline_ms = std::max(runs_.full_deadline_ms, 3 * run_ms);
  runs_.quick_deadline_ms = runs_.full_deadline_ms;
  if (runs_.options.search_ms) return;
  using std::chrono::milliseconds;
  const auto all = std::chrono::duration_cast<milliseconds>(runs_.end - runs_.begin);
  const milliseconds more = std::min(runs_.with_slow_runs(all, slow_runs), longest_search);
  runs_.end = runs_.begin + more;
  runs_.tell(text::said(
      takes_long, runs_.options.tongue,
      {{"run", seconds(run_ms)}, {"all", seconds(static_cast<uint32_t>(more.count()))}}));
}

void Pacemaker::start_ahead() {
  ahead_ = std::async(std::launch::async, [this, &text = runs_.subject.question.text] {
    Ahead made;
    Version version = batch_version(text, "");
    version.stop = ahead_stop_.get_token();
    made.headers = precompiled(runs_.sandbox, runs_.subject, version);
    version.headers = made.headers;
    made.base = try_batch(runs_.sandbox, runs_.subject, {{text}}, version)[0];
    return made;
  });
}

Version Pacemaker::batch_version(const std::string& text, const char* checks) const {
  Version version{.text = text, .pace = Pace::quick, .sanitized = runs_.sanitized};
  version.checks = checks;
  version.deadline_ms = in_batch_ms;
  version.batch_ms = runs_.full_deadline_ms;
  version.stop = runs_.options.stop;
  return version;
}

std::optional<Trial> Pacemaker::set(const std::string& text, const Trial& red) {
  is_endless_ = never_ends(red.run.outcome);
  if (names_missing(red) > 0) ahead_ = {};  // of another text, once there is one that compiles
  if (is_compiled(runs_.subject) && has_batches(runs_.subject) && red.run.diagnostics.empty()) {
    if (auto trial = compiled_base(text, red)) return trial;
  }
  // A command does the same at every pace.
  if (runs_.is_slow() && runs_.subject.proof == Proof::command && !red.green) return red;
  return base_alone(text);
}

// In batches: without sanitizers, or with as few as show the failure.
std::optional<Trial> Pacemaker::compiled_base(const std::string& text, const Trial& red) {
  const auto& failures = red.run.findings.failures;
  const bool undefined = !failures.empty() && failures[0].type == "undefined-behavior";
  const char* first = undefined ? "undefined" : "address";
  const char* second = undefined ? "address" : "undefined";
  runs_.quick_deadline_ms = in_batch_ms;
  runs_.batches = true;
  for (const char* checks : {"none", first, second, ""}) {
    const bool none = std::string_view(checks) == "none";
    if (none && runs_.sanitized) continue;
    runs_.sanitized = !none;
    runs_.checks = none ? "" : checks;
    std::optional<Trial> trial;
    if (none && ahead_.valid()) {
      Ahead ahead = ahead_.get();
      unchecked_headers_ = runs_.headers = ahead.headers;
      trial = std::move(ahead.base);
    } else {
      Version version = batch_version(text, none ? "" : checks);
      runs_.headers =
          none ? unchecked_headers_ : precompiled(runs_.sandbox, runs_.subject, version);
      version.headers = runs_.headers;
      trial = try_batch(runs_.sandbox, runs_.subject, {{text}}, version)[0];
    }
    if (!trial) break;
    if (!trial->green) return trial;
  }
  runs_.batches = false;
  return std::nullopt;
}

std::optional<Trial> Pacemaker::base_alone(const std::string& text) {
  const auto begin = std::chrono::steady_clock::now();
  if (is_endless_ && !is_compiled(runs_.subject)) {
    runs_.quick_deadline_ms = std::min(runs_.quick_deadline_ms, endless_alone_ms);
  }
  auto trial = try_version(runs_.sandbox, runs_.subject, runs_.version(text, Pace::quick));
  const uint32_t ms = ms_since(begin);
  if (!trial) return std::nullopt;
  if (trial->green && is_compiled(runs_.subject) &&
      !runs_.sanitized) {  // only the sanitizers see it
    runs_.sanitized = true;
    return base_alone(text);
  }
  if (trial->green) return std::nullopt;
  const bool endless = never_ends(trial->run.outcome);
  const uint32_t alone_ms =
      (endless ? 0 : std::min(4 * ms, 2 * ms + 6'000)) + (is_compiled(runs_.subject) ? 3'000 : 600);
  // Of a batch's version alone: its interpreter runs already.
  const uint32_t slow_ms = endless || ms < start_ms ? 0 : ms - start_ms;
  // Most changes of what never ends do not end either, and each takes all of its time.
  runs_.quick_deadline_ms = endless ? endless_in_batch_ms : in_batch_ms + 2 * slow_ms;
  runs_.most_steps = endless ? most_steps : 0;
  // What an interpreter takes to start is little of a slow run.
  runs_.batches =
      !runs_.is_slow() && !is_compiled(runs_.subject) && has_batches(runs_.subject) &&
      batch_says_the_same(runs_.sandbox, runs_.subject, runs_.version(text, Pace::quick), *trial);
  if (!runs_.batches) runs_.quick_deadline_ms = alone_ms;
  if (missing_in(runs_.subject, *trial)) runs_.quick_deadline_ms += loading_ms;
  return std::move(*trial);
}

}  // namespace lsp::features::debug
