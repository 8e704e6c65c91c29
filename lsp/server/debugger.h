// What the server asks of those who find out why a program fails. The program puts
// lsp/features/debug and the sandbox behind this (lsp/editor_debug.h), tests what they want.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "lsp/server/model.h"
#include "lsp/text/tongue.h"

namespace lsp::server {

struct Finding {
  struct Frame {
    std::string path;
    int line;  // from 1; 0: unknown
    std::string function;
    std::vector<std::pair<std::string, std::string>> locals;
    std::string uri = {};  // filled in by those who show it
  };
  enum class Proof { none, no_crash, verified };
  struct Fix {
    std::string text;  // of the whole program
    std::string diff;
    std::string what;      // the kind of the change, for people
    std::string evidence;  // begins with `seen`
    Proof proof;
    bool generated = false;  // by a model
    // For those who ask what was seen; each test by its name.
    std::string author = {};               // who wrote it, for people
    std::vector<std::string> mended = {};  // tests, red without it and green with it
    std::vector<std::string> kept = {};    // tests that did as before
    int green_runs = 0;
    double ms = 0;          // from the first run on
    std::string seen = {};  // "passes 5 of 5 tests"
  };
  std::string program;  // its path; a file of tests is asked about, and this is what they test
  std::string program_text;
  std::string uri = {};  // filled in by those who show it
  bool failed = false;
  std::string type;
  std::string message;
  std::vector<Frame> frames;       // the outermost first
  std::vector<std::string> red;    // tests
  size_t tests = 0;                // that were run
  std::vector<std::string> hints;  // where, what, how
  std::vector<Fix> fixes;
  std::string note;
  std::string model_note;  // what is to be known of the models that were asked
  std::string run = {};    // for people: the file of tests, the program or the command
  int red_runs = 0;
  double ms = 0;                                // of the whole search
  text::Tongue tongue = text::Tongue::english;  // in which all of it is said
};

// What the tests of a program say of it. None at all: there is nothing that could be said.
struct Verdict {
  size_t passed = 0;
  size_t tests = 0;
};

struct DebugQuestion {
  Snapshot document;
  std::vector<Snapshot> others;  // open too: newer than what is on the disk
  std::string locale;
  std::optional<size_t> line = {};  // from 0: what starts there, or around it, and nothing else
  enum class Until { failure, fixes };
  Until until = Until::fixes;
};

// Where people would start it.
struct StartingPlace {
  enum class What { test, example, program };
  size_t line;  // from 0
  What what;
};

// What could stand in a suggestion's place, and what the tests say of the program with it.
struct Alternative {
  std::string text;
  Verdict verdict;
};

class Debugger {
 public:
  virtual ~Debugger() = default;

  // Whether programs in that language can be debugged.
  virtual bool knows(const text::Document& document) const = 0;
  virtual std::vector<StartingPlace> places(const text::Document& document) const = 0;
  struct Told {
    std::function<void(Finding)> failed;  // as soon as it has, with what is known by then
    std::function<void(const std::string&)> how_far;  // for people
  };
  // Blocks, on a worker thread; runs things in the sandbox alone. What is in `told` is called
  // meanwhile, by any thread. Until the failure alone, only tests are run, and where there are
  // none, there is no failure. An error says why nothing could be run.
  virtual base::Result<Finding> debug(const DebugQuestion& question, const Told& told,
                                      std::stop_token stop) = 0;
  // Runs the tests of the program once; the rest as above.
  virtual base::Result<Verdict> check(const DebugQuestion& question, std::stop_token stop) = 0;
  // Tries for some seconds to change what stands in `suggested` (bytes of the document) so that all
  // tests pass; nothing where that was not found. The rest as above.
  virtual base::Result<std::optional<Alternative>> mend(const DebugQuestion& question,
                                                        const text::Range& suggested,
                                                        std::stop_token stop) = 0;
};

}  // namespace lsp::server
