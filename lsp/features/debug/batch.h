// Many versions of a program in one sandbox: what every run pays once (an interpreter's start, a
// compiler's headers) takes longer than most tests.
//
// They share the sandbox's files, and JavaScript's a thread, so that one could deceive the next.
// What is found green here is therefore never believed before it was run alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lsp/features/debug/trial.h"

namespace lsp::features::debug {

struct Attempt {
  std::string text;                       // of the program
  std::optional<std::string> tests = {};  // in place of the test file
};

// Whether this subject's versions can be tried so at all. That they say the same as when they are
// run alone is for the caller to see, with the program as it is.
bool has_batches(const Subject& subject);

// Whether a batch finds of `version` what `alone`, a run of it, did.
bool batch_says_the_same(runner::Runner& sandbox, const Subject& subject, const Version& version,
                         const Trial& alone);

// How many make a good batch: the first ones are small, so that the likeliest are known early.
size_t batch_size(const Subject& subject, const Version& version, size_t tried);

// One trial for each attempt, in order, with what it wrote to standard output; those that the
// deadline cut off are red and did not run. Nothing for those that have to be tried alone: in C and
// C++ what changes more than one function's body. `version.text` is the program that the attempts
// change; `version.deadline_ms` is one attempt's.
std::vector<std::optional<Trial>> try_batch(runner::Runner& sandbox, const Subject& subject,
                                            const std::vector<Attempt>& attempts,
                                            const Version& version);

// The same in up to `workers` sandboxes at once; in C and C++ in one, most of whose time is the
// compiler's, with headers that it would read again.
std::vector<std::optional<Trial>> try_batches(runner::Runner& sandbox, const Subject& subject,
                                              const std::vector<Attempt>& attempts,
                                              const Version& version, unsigned workers);

// C++: the standard headers of the program and its tests as the compiler keeps them once it has
// read them, for batches with the same `version.checks`. Null where that does not go, or could
// change what is compiled.
std::shared_ptr<const Headers> precompiled(runner::Runner& sandbox, const Subject& subject,
                                           const Version& version);

// Each language's own. Internal to this folder.
using Trials = std::vector<std::optional<Trial>>;
Trials try_python(runner::Runner& sandbox, const Subject& subject,
                  const std::vector<Attempt>& attempts, const Version& version);
Trials try_javascript(runner::Runner& sandbox, const Subject& subject,
                      const std::vector<Attempt>& attempts, const Version& version);
Trials try_cpp(runner::Runner& sandbox, const Subject& subject,
               const std::vector<Attempt>& attempts, const Version& version);

// Of C++: the compiler's words for a batch in place of those for a run, and the headers it reads.
void make_batch_flags(runner::Step& step, const std::string& checks);
void use_headers(runner::Request& request, const Headers& headers);

// Where the program lies in the sandbox. `at` is what is run there.
std::string program_path(const Subject& subject, const std::string& at);
// Runs `step` alone over all attempts: they lie as version-I and tests-I in the work folder, and it
// leaves "statuses", and records-I and output-I of each.
runner::Outcome run_attempts(runner::Runner& sandbox, runner::Request& request,
                             const runner::Step& step, const std::vector<Attempt>& attempts,
                             const Version& version);
// So many trials that did not run.
Trials none_ran(size_t count);
// A result by its name; empty where there is none.
std::string result_of(const runner::Outcome& outcome, const std::string& name);
// One number a line: how each ended.
inline constexpr int cut_off_status = -1;
std::vector<int> statuses_of(const runner::Outcome& outcome);

}  // namespace lsp::features::debug
