// One run of a version of the program: what its tests say of it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/features/debug/subject.h"

namespace lsp::features::debug {

// quick: for telling many candidates apart; without pytest where the tests do not need it, and
// without sanitizers where these did not find the failure. What it finds green is run in full.
enum class Pace { full, quick };

// Headers, and what the compiler has made of them.
struct Headers {
  std::string text;
  std::string bytes;
};

struct Version {
  const std::string& text;                        // of the program
  std::optional<std::string> tests = {};          // in place of the test file
  std::vector<sandbox::policy::File> files = {};  // more, below the sandbox's work folder
  std::vector<std::string> results = {};          // to read back
  Pace pace = Pace::full;
  bool sanitized = true;    // C and C++
  std::string checks = {};  // in a batch, the sanitizers by their names; empty: all
  std::shared_ptr<const Headers> headers = {};  // in a batch, already compiled; null: none
  uint32_t deadline_ms = 5'000;
  // In a batch of Python, what takes much longer than the others is cut off before its deadline.
  bool impatient = false;
  // In a batch of Python and JavaScript, loops that go on much longer than the others' versions are
  // cut off, and where this is not 0, after so many rounds (steps.h).
  bool stepped = false;
  int most_steps = 0;
  uint32_t batch_ms = 20'000;  // of all versions of a batch together
  std::stop_token stop = {};
};

struct Trial {
  bool green = false;
  bool ran = true;                           // else a batch's time was over before
  bool cut_off = false;                      // by its own deadline
  std::map<std::string, std::string> tests;  // name to outcome
  std::string output;                        // standard output, of a batch's version
  languages::Run run;

  size_t passed() const;
};

// Whether the tests say nothing without pytest, in Python: its fixtures and classes, what it is
// told by files of the project, and modules that it finds.
bool needs_pytest(const Subject& subject);

// Whether the tests that the subject wants passed, of those in `findings`; others do not count.
bool wanted_passed(const Subject& subject, const languages::Findings& findings);

// What is run for a version; inside this folder.
engine::base::Result<languages::Prepared> prepare_version(const Subject& subject,
                                                          const Version& version);

engine::base::Result<Trial> try_version(runner::Runner& sandbox, const Subject& subject,
                                        const Version& version);

}  // namespace lsp::features::debug
