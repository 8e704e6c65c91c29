// How a file of each language is run and tested inside the sandbox, and what its run tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "sandbox/languages/records.h"
#include "sandbox/runner/run.h"

namespace sandbox::languages {

enum class Language { python, c, cpp, javascript, typescript, bash };
// By the file's ending. Nothing for what the sandbox cannot run.
std::optional<Language> language_of(const std::string& path);

enum class Mode { run, tests };
// Python's warm interpreters: one with SymPy imported answers a computation at once.
enum class Warmth { plain, sympy };
// Compiled languages only: the address and undefined-behaviour sanitizers.
enum class Sanitizers { off, on };

struct Program {
  std::string file;                      // absolute, on this machine
  std::optional<std::string> text;       // an editor's unsaved buffer; else the file's own content
  std::optional<std::string> workspace;  // seen at its own path; else the run gets the file alone
  std::vector<policy::File> buffers;     // other unsaved buffers, by their absolute paths
  std::string folder;                    // to start in; empty: the file's
  std::vector<std::string> arguments;
  std::string input;
  Mode mode = Mode::run;
  Warmth warmth = Warmth::plain;
  Sanitizers sanitizers = Sanitizers::off;
  std::string interpreter;  // empty: VIRTUAL_ENV, then .venv of the workspace, then the system's
  uint32_t deadline_ms = 10'000;
};

struct Prepared {
  Language language;
  Mode mode;
  runner::Request request;
  std::string token;
};
// The request that runs the program; an error says what is missing.
engine::base::Result<Prepared> prepare(const Program& program);

struct Run {
  runner::Outcome outcome;
  Findings findings;
  std::string diagnostics;  // of the compiler, or a sanitizer's report as the program printed it
};
// Runs it and corrects the verdict by what the harness wrote down. A compiled program that crashes
// or never ends is run once more, under gdb, for its frames; where there is no gdb there are none.
Run run(runner::Runner& runner, const Prepared& prepared);

// What a warm interpreter is made from; for Runner::prepare().
runner::Plan python_plan(const policy::Policy& policy, const std::string& interpreter,
                         Warmth warmth);

}  // namespace sandbox::languages
