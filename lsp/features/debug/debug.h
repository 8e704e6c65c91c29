// From a program that fails to why it does, and to fixes that were proved by running them.
//
// A free function that blocks its worker thread. Nothing runs but in the sandbox, and no file
// changes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lsp/features/debug/hints.h"
#include "lsp/features/debug/missing.h"
#include "lsp/features/debug/models.h"
#include "lsp/features/debug/subject.h"
#include "lsp/text/document.h"

namespace lsp::features::debug {

// What went wrong, in the words of the run.
struct Found {
  std::string verdict;  // "failed", "crashed", "timed_out", …
  std::string
      type;  // "IndexError", "assertion", "compile error", "Timeout", "heap-buffer-overflow"
  std::string message;
  std::vector<languages::Frame> frames;  // of the program and its tests, the outermost first
  std::vector<std::string> red;          // tests
  size_t tests = 0;                      // all of them
  bool reproduced = false;               // whether it failed a second time
  std::optional<Missing> missing = {};   // what it needs and does not find
};

enum class Verified {
  no,        // see the evidence
  yes,       // every rule below held
  no_crash,  // no test or assertion says more
};

struct Fix {
  std::string text;  // of the whole program
  std::string diff;
  std::string what;  // the kind of the change, in English; evidence.h names it in other languages
  Verified verified = Verified::no;
  std::string seen = {};      // "passes 5 of 5 tests"
  std::string evidence = {};  // that, then what else is known of it
  double ms = 0;              // since the search began
  bool generated = false;     // by a model
  // By their names, and in each of so many runs: the tests that were red before and passed, and
  // those that did as before.
  std::vector<std::string> mended = {};
  std::vector<std::string> kept = {};
  int green_runs = 0;
};

struct Report;

struct Options {
  Tongue tongue = Tongue::english;  // of all that the report says
  enum class Until { failure, fixes };
  Until until = Until::fixes;
  // For everything from the first run on. Nothing: 15 s, and more where a run takes long.
  std::optional<uint32_t> search_ms = {};
  unsigned workers = 2;
  std::stop_token stop = {};
  std::optional<text::Range> within = {};  // bytes of the program: no change is made elsewhere
  // `rewrites` is asked once, of the function that is suspected most, while small changes are
  // tried; `infills` of the lines that are, where these have been tried and there is time left.
  Models models = {};
  uint32_t rewrites_ms = 60'000;  // waited for where no small change passes
  // Called once it is known how it fails, before anything is tried: with failure and hints.
  std::function<void(const Report&)> on_failure = {};
  // Called by any thread, never by two at once, with how far it is: a sentence for people.
  std::function<void(const std::string&)> on_progress = {};
};

struct Report {
  std::optional<Found> failure;  // nothing: all is green
  std::vector<Hint> hints;
  std::vector<Fix> fixes;  // verified ones first
  std::string note;        // why there are no fixes, or what else is worth knowing
  std::string model_note;  // what is to be known of the models that were asked: one did not answer
  double ms = 0;
};

// Where the subject's start is a test, its failure alone is told, and a fix is what makes it green.
//
// `verified` means: the failure reproduced twice; with the fix the same tests are green twice, and
// all others as before; the changed line ran; the fix leaves tests, assertions, handlers and exits
// alone and names no value that only the tests know; and no other program that passes the tests,
// changes of the fix included, does something else with other inputs, where enough others were
// tried and enough inputs. An error says why nothing could be run.
engine::base::Result<Report> debug(const Subject& subject, runner::Runner& sandbox,
                                   const Options& options);

}  // namespace lsp::features::debug
