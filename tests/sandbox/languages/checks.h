// Text in, verdict and findings out: what the tests of all languages share.
#pragma once

#include <filesystem>
#include <string>

#include "sandbox/languages/language.h"
#include "tests/support/catch.h"

namespace languages_test {

namespace fs = std::filesystem;
using namespace sandbox::languages;
using sandbox::runner::Runner;
using sandbox::runner::Verdict;
using sandbox::runner::verdict_name;

inline Run run_program(const Program& program) {
  const auto prepared = prepare(program);
  INFO((prepared ? "" : prepared.message()));
  REQUIRE(prepared.ok());
  Runner runner;
  return run(runner, *prepared);
}

inline Run run_text(const std::string& name, const std::string& text, Mode mode = Mode::run) {
  return run_program({.file = "/nowhere/" + name, .text = text, .mode = mode});
}

inline void check_verdict(const std::string& name, const std::string& text, Mode mode,
                          Verdict verdict) {
  const Run run = run_text(name, text, mode);
  INFO(text << "\n"
            << run.outcome.reason << "\n"
            << run.compiler_output << run.outcome.output.text() << run.outcome.errors.text());
  CHECK(std::string(verdict_name(run.outcome.verdict)) == verdict_name(verdict));
}

// Empty where there is none.
inline Failure last_failure(const Run& run) {
  return run.findings.failures.empty() ? Failure{} : run.findings.failures.back();
}

// "file:line function {name=value ...}" of the innermost frame.
inline std::string innermost(const Run& run) {
  const Failure failure = last_failure(run);
  if (failure.frames.empty()) return "";
  const Frame& frame = failure.frames.back();
  std::string text = fs::path(frame.file).filename().string() + ":" + std::to_string(frame.line) +
                     " " + frame.function + " {";
  for (const Local& local : frame.locals) text += local.name + "=" + local.value + " ";
  return text + "}";
}

// "test outcome" of each, one a line.
inline std::string tests_of(const Run& run) {
  std::string text;
  for (const Test& test : run.findings.tests) text += test.name + " " + test.outcome + "\n";
  return text;
}

// The first diagnostic.
inline std::string said(const Run& run) {
  if (run.diagnostics.empty()) return run.compiler_output;
  const auto& [file, line, column, severity, message] = run.diagnostics.front();
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + " " + severity + " " +
         message;
}

}  // namespace languages_test
