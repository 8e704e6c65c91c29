#include "lsp/features/debug/pace.h"

#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/found.h"
#include "lsp/features/debug/missing.h"

namespace lsp::features::debug {
namespace {

constexpr uint32_t start_ms = 400;     // of an interpreter, on a busy machine
constexpr uint32_t in_batch_ms = 300;  // for one version
constexpr uint32_t endless_in_batch_ms = 100;
// More where a module is missing: neither it nor what is imported behind it has been loaded so far.
constexpr uint32_t loading_ms = 2'000;

uint32_t ms_since(std::chrono::steady_clock::time_point begin) {
  const auto passed = std::chrono::steady_clock::now() - begin;
  return static_cast<uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
}

}  // namespace

bool is_compiled(const Subject& subject) {
  return subject.language == syntax::Language::cpp || subject.language == syntax::Language::c;
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
  if (names_missing(red) > 0) ahead_ = {};  // of another text, once there is one that compiles
  if (is_compiled(runs_.subject) && has_batches(runs_.subject) && red.run.diagnostics.empty()) {
    if (auto trial = compiled_base(text, red)) return trial;
  }
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
  auto trial = try_version(runs_.sandbox, runs_.subject, runs_.version(text, Pace::quick));
  const uint32_t ms = ms_since(begin);
  if (!trial) return std::nullopt;
  if (trial->green && is_compiled(runs_.subject) &&
      !runs_.sanitized) {  // only the sanitizers see it
    runs_.sanitized = true;
    return base_alone(text);
  }
  if (trial->green) return std::nullopt;
  const bool endless = trial->run.outcome.verdict == runner::Verdict::timed_out;
  const uint32_t alone_ms = (endless ? 0 : 4 * ms) + (is_compiled(runs_.subject) ? 3'000 : 600);
  // Of a batch's version alone: its interpreter runs already.
  const uint32_t slow_ms = endless || ms < start_ms ? 0 : ms - start_ms;
  // Most changes of what never ends do not end either, and each takes all of its time.
  runs_.quick_deadline_ms = endless ? endless_in_batch_ms : in_batch_ms + 2 * slow_ms;
  runs_.batches =
      !is_compiled(runs_.subject) && has_batches(runs_.subject) && says_the_same(text, *trial);
  if (!runs_.batches) runs_.quick_deadline_ms = alone_ms;
  if (missing_in(runs_.subject, *trial)) runs_.quick_deadline_ms += loading_ms;
  return std::move(*trial);
}

// Whether a batch finds of the program what a run alone does.
bool Pacemaker::says_the_same(const std::string& text, const Trial& alone) {
  const Trials trials =
      try_batch(runs_.sandbox, runs_.subject, {{text}}, runs_.version(text, Pace::quick));
  return trials[0] && trials[0]->green == alone.green && trials[0]->tests == alone.tests;
}

}  // namespace lsp::features::debug
