// How a file of each language is run and tested inside the sandbox, and what its run tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "sandbox/languages/diagnostics.h"
#include "sandbox/languages/doctests.h"
#include "sandbox/languages/records.h"
#include "sandbox/runner/run.h"

namespace sandbox::languages {

enum class Language { python, c, cpp, javascript, typescript, bash, rust, go, java, lua };
const char* language_name(Language language);  // "C++", "TypeScript"
// By the file's ending. Nothing for what the sandbox cannot run.
std::optional<Language> language_of(const std::string& path);

enum class Mode { run, tests };
// Python's warm interpreters: one with SymPy imported answers a computation at once.
enum class Warmth { plain, sympy };
// A package that lemma brings along. Where a warm interpreter has SymPy, it imports the package as
// well, and one that is to wait calls its function warm_up(), which may take seconds.
struct Package {
  enum class Use { at_once, waits };
  std::string name;
  Use use = Use::at_once;
  std::vector<policy::File> files;  // `at` is the name inside of the package: "main.py"
};
// C and C++ only: the address and undefined-behaviour sanitizers.
enum class Sanitizers { off, on };
// Of standard output, where the program leaves it to its language: into a pipe most would write
// blocks, which come late, and never where the program crashes.
enum class Buffered { by_blocks, by_lines };

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
  std::optional<Package> package;
  Sanitizers sanitizers = Sanitizers::off;
  Buffered output = Buffered::by_blocks;
  // Run by the shell in place of the file, as a project's own way to test itself: exit code 0
  // passes.
  std::string command;
  // What runs or compiles the file. Empty: for Python VIRTUAL_ENV, then .venv of the workspace,
  // then the system's; for others what PATH leads to.
  std::string interpreter;
  uint32_t deadline_ms = 10'000;
};

struct Prepared {
  std::optional<Language> language;  // nothing for a command
  Mode mode;
  Sanitizers sanitizers;
  runner::Request request;
  std::string token;
  std::string file;     // on this machine
  std::string at;       // the same in the sandbox
  std::string missing;  // what this machine lacks, and how to get it; empty: nothing
  std::vector<Doctest> doctests;
  std::string source = {};  // of TypeScript: its text, which is run in a bundle of other names
};
// The request that runs the program, also to be given to Runner::prepare(). An error says what is
// wrong with the program; a missing toolchain is no error here, but a verdict of the run.
engine::base::Result<Prepared> prepare(const Program& program);

// The reason of a verdict.
inline constexpr const char* does_not_compile = "it does not compile";

struct Run {
  runner::Outcome outcome;
  Findings findings;
  std::vector<Diagnostic> diagnostics;  // of the compiler
  std::string compiler_output;          // the same for people
};
// Runs it and corrects the verdict by what the harness wrote down. A compiled program that crashes
// or never ends is run once more, under gdb, for its frames; where there is no gdb, or where gdb
// knows nothing, the failure has the frames that the program itself printed.
Run run(runner::Runner& runner, const Prepared& prepared);

// What the compiler said in a run of the prepared request that came no further; else nothing.
std::vector<Diagnostic> why_not_compiled(const Prepared& prepared, const runner::Outcome& outcome);

}  // namespace sandbox::languages
