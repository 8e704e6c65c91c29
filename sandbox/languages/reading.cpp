// What a run tells: records of a harness, output of a compiler, a second run under gdb, and the
// verdict that follows from all of them.
#include <algorithm>
#include <filesystem>

#include "engine/base/format.h"
#include "sandbox/languages/bundled_names.h"
#include "sandbox/languages/own_names.h"
#include "sandbox/languages/recipe.h"
#include "sandbox/languages/traces.h"

namespace sandbox::languages {
namespace {

using engine::base::concat;
using runner::Verdict;

namespace fs = std::filesystem;

constexpr int rust_panic_code = 101;
// What a runtime says when it gets no memory; of the program's own doing, like the exit code.
constexpr const char* memory_sentences[] = {"JavaScript heap out of memory",
                                            "std::bad_alloc",
                                            "java.lang.OutOfMemoryError",
                                            "fatal error: runtime: out of memory",
                                            "fatal error: runtime: cannot allocate memory",
                                            "not enough memory",
                                            "AddressSanitizer: requested allocation size"};

class Reading {
 public:
  Reading(runner::Runner& runner, const Prepared& prepared) : runner_(runner), prepared_(prepared) {
    run_.outcome = runner.run(prepared.request);
    errors_ = runner::without(run_.outcome.errors.text(), run_.outcome.root);
  }

  Run read() {
    run_.findings = read_records(result(records_name));
    read_compiler_output();
    if (reached_program()) {
      judge_doctests();
      read_failures();
      correct_verdict();
      if (prepared_.mode == Mode::tests) read_tests();
    } else if (run_.outcome.verdict == Verdict::failed) {
      run_.outcome.reason = does_not_compile;
    } else if (run_.outcome.verdict == Verdict::timed_out ||
               run_.outcome.verdict == Verdict::out_of_memory) {
      run_.outcome.reason += "; that was the compiler";
    }
    if (is(Language::typescript)) name_as_written(prepared_.source, run_.findings);
    name_files();
    return std::move(run_);
  }

 private:
  bool is(Language language) const { return prepared_.language == language; }
  std::string result(const std::string& name) const {
    const auto found = run_.outcome.results.find(name);
    const bool there = found != run_.outcome.results.end() && found->second.ok();
    return there ? *found->second : std::string();
  }
  bool reached_program() const {
    return run_.outcome.step + 1 >= prepared_.request.job.steps.size();
  }

  void read_compiler_output() {
    const std::string& folder = prepared_.request.job.steps.front().folder;
    // Java compiles in the same step that runs.
    const bool java =
        is(Language::java) && errors_.find("error: compilation failed") != std::string::npos;
    CompilerReport report = read_compiler(java ? errors_ : result(compiler_log), folder);
    run_.diagnostics = std::move(report.diagnostics);
    if (java) run_.outcome.reason = does_not_compile;
    if (!java) run_.compiler_output = std::move(report.text);
  }

  void judge_doctests() {
    const std::string told = judge(prepared_.doctests, prepared_.at, run_.findings);
    if (told.empty()) return;
    run_.outcome.errors.append(told);
    const auto& heard = prepared_.request.heard;
    if (heard) heard(runner::Stream::errors, told, run_.outcome.root);
    if (run_.outcome.verdict != Verdict::passed) return;
    run_.outcome.verdict = Verdict::failed;
    run_.outcome.reason = "a doctest got something else than it says";
  }

  void read_failures() {
    std::vector<Failure>& failures = run_.findings.failures;
    const Verdict verdict = run_.outcome.verdict;
    // A command that failed on the way, or a slow program that was asked where it is.
    if (verdict == Verdict::passed) failures.clear();
    if (verdict != Verdict::failed && verdict != Verdict::crashed &&
        verdict != Verdict::timed_out) {
      return;
    }
    std::vector<Failure> told;
    if (prepared_.sanitizers == Sanitizers::on) told = read_sanitizers(errors_);
    const bool sanitized = !told.empty();
    // Java's threads and Rust's tests speak on standard output.
    if (told.empty()) told = read_traces(errors_ + "\n" + run_.outcome.output.text());
    const bool panicked = is(Language::rust) && run_.outcome.exit_code == rust_panic_code;
    if (is_for_gdb() && (verdict != Verdict::failed || sanitized || panicked)) {
      failures =
          debug(runner_, prepared_, result(program_name), panicked ? "rust_panic" : "").failures;
    }
    if (failures.empty()) {
      failures = std::move(told);
    } else if (!told.empty() && failures.size() == 1 && failures[0].type != "Timeout") {
      // gdb knows where and with which values, the program itself why.
      if (is_for_gdb()) failures[0].type = told[0].type, failures[0].message = told[0].message;
      if (failures[0].frames.empty()) failures[0].frames = std::move(told[0].frames);
    }
  }
  bool is_for_gdb() const { return is(Language::c) || is(Language::cpp) || is(Language::rust); }

  // Every verdict by its own cause.
  void correct_verdict() {
    runner::Outcome& outcome = run_.outcome;
    const std::vector<Failure>& failures = run_.findings.failures;
    const std::string type = failures.empty() ? "" : failures.back().type;
    const auto& nudge = prepared_.request.nudge;
    // Go answers the question where it is by ending.
    if (is(Language::go) && outcome.verdict == Verdict::failed && type == "Timeout" &&
        outcome.ms >= prepared_.request.deadline_ms - nudge->before_ms) {
      outcome.verdict = Verdict::timed_out;
      outcome.exit_code = -1;
      outcome.reason = concat("still running after ", static_cast<int>(outcome.ms),
                              " ms; it never ends, or needs a later deadline");
    }
    const auto said = [&](const char* sentence) {
      return errors_.find(sentence) != std::string::npos;
    };
    const bool ended_badly =
        outcome.verdict == Verdict::failed || outcome.verdict == Verdict::crashed;
    const bool no_memory =
        type == "MemoryError" || (said("memory allocation of ") && said(" bytes failed")) ||
        std::any_of(std::begin(memory_sentences), std::end(memory_sentences), said);
    if (ended_badly && no_memory) {
      outcome.verdict = Verdict::out_of_memory;
      outcome.reason = "it asked for more memory than its limit lets it reserve";
    }
  }

  void read_tests() {
    runner::Outcome& outcome = run_.outcome;
    Findings& findings = run_.findings;
    const std::string output = outcome.output.text();
    if (is(Language::rust)) read_rust_tests(output, prepared_.token, findings);
    if (is(Language::go)) read_go_tests(output, prepared_.token, findings);
    if (!has_named_tests()) {
      // The program itself is the one test: main with assertions, or a command.
      const bool passed = outcome.verdict == Verdict::passed;
      const std::string name = fs::path(prepared_.file).filename();
      const std::string message =
          findings.failures.empty() ? outcome.reason : findings.failures.back().message;
      findings.planned = {name};
      findings.tests = {{name, passed ? "passed" : "failed", passed ? "" : message}};
      return;
    }
    if (outcome.verdict != Verdict::passed) return;
    const bool harness = !is(Language::rust) && !is(Language::go);
    outcome.reason = doubt(findings, prepared_.token, harness ? Canary::planted : Canary::none);
    if (!outcome.reason.empty()) outcome.verdict = Verdict::failed;
  }
  bool has_named_tests() const {
    return is(Language::python) || is(Language::javascript) || is(Language::typescript) ||
           is(Language::lua) || is(Language::rust) || is(Language::go);
  }

  // Files by the names they have on this machine. Some runtimes say the last part alone.
  void name_files() {
    const auto rename = [&](std::string& file) {
      if (file == prepared_.at || file == fs::path(prepared_.at).filename()) file = prepared_.file;
    };
    const auto reword = [&](std::string& text) {
      text = in_own_names(text, prepared_, run_.outcome.root);
    };
    for (Failure& failure : run_.findings.failures) {
      reword(failure.message);
      for (Frame& frame : failure.frames) rename(frame.file);
    }
    for (Diagnostic& diagnostic : run_.diagnostics) {
      reword(diagnostic.message);
      rename(diagnostic.file);
    }
    for (Test& test : run_.findings.tests) reword(test.message);
    reword(run_.compiler_output);
  }

  runner::Runner& runner_;
  const Prepared& prepared_;
  Run run_;
  std::string errors_;
};

}  // namespace

Run run(runner::Runner& runner, const Prepared& prepared) {
  if (prepared.missing.empty()) return Reading(runner, prepared).read();
  Run nothing;
  nothing.outcome.verdict = Verdict::could_not_start;
  nothing.outcome.reason = prepared.missing;
  return nothing;
}

std::vector<Diagnostic> why_not_compiled(const Prepared& prepared, const runner::Outcome& outcome) {
  const auto& steps = prepared.request.job.steps;
  const auto log = outcome.results.find(compiler_log);
  const bool compiled = outcome.step + 1 >= steps.size();
  if (compiled || log == outcome.results.end() || !log->second.ok()) return {};
  return read_compiler(*log->second, steps.front().folder).diagnostics;
}

}  // namespace sandbox::languages
