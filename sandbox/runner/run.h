// Runs programs that nobody vouches for: under a policy, within limits, always ending by the
// deadline. README.md in sandbox/ says what is promised and what is not.
//
// Thread safety: all methods of Runner may be called from any thread; run() blocks its caller. The
// process that calls never forks: a helper program makes the sandboxes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "sandbox/policy/policy.h"
#include "sandbox/runner/capture.h"
#include "sandbox/runner/protocol.h"

namespace sandbox::runner {

using engine::base::Result;

enum class Verdict {
  passed,           // exited with 0
  failed,           // exited with something else
  crashed,          // ended by a signal
  timed_out,        // ended by the deadline
  out_of_memory,    // ended by the limit of memory
  output_limit,     // ended by the limit of output
  refused,          // not run, since this machine or the policy cannot keep the promise
  could_not_start,  // not run, since something it needs is missing
  cancelled,        // ended by its caller
};
const char* verdict_name(Verdict verdict);  // "timed out" is "timed_out"

// Asks the running program, shortly before the deadline, where it is: a signal that the language's
// harness or debugger answers by writing down the stack.
struct Nudge {
  int signal = 0;
  uint32_t before_ms = 0;
};

enum class Stream { output, errors };

struct Request {
  Plan plan;
  Job job;
  std::string input;  // standard input
  uint32_t deadline_ms = 10'000;
  std::optional<Nudge> nudge;
  std::vector<std::string> results;  // files to read back, relative to policy::work_folder
  uint64_t result_bytes = uint64_t{16} << 20;
  std::stop_token stop = {};
  // Called on the thread that called run() with all that the program writes, as it comes. Until it
  // returns, the run's limits wait. `root` is Outcome::root.
  std::function<void(Stream, std::string_view bytes, const std::string& root)> heard = {};
};

// One limit of the policy, and what held it.
struct Held {
  uint64_t value;
  std::string how;  // "kernel"; "watched"; "not enforced: " and why
};

struct Outcome {
  Verdict verdict = Verdict::could_not_start;
  int exit_code = -1;  // of the last step that ran, where it exited
  int signal = 0;      // that ended it
  size_t step = 0;     // which of the job's steps ran last
  std::string reason;  // a sentence, where the verdict is not the program's own doing
  Capture output;
  Capture errors;
  std::map<std::string, Result<std::string>> results;
  double ms = 0;  // from its turn to its result
  // What the run saw its own folders and the project below; empty where it had a root of its own.
  // Results are said without it.
  std::string root;
  std::vector<std::string> layers;
  std::map<std::string, Held> limits;
};

struct Options {
  std::string helper;  // empty: beside this program, or where it was built
  // Sandboxes kept ready for each plan in use, beyond those that run; 0 makes each on demand.
  size_t ready = 0;
  // Tried in this order until one can make a sandbox on this machine; that one is kept. `reduced`
  // holds much less and is never among them unless the user has agreed to that.
  std::vector<Backend> backends = {Backend::native, Backend::bubblewrap};
  // Runs beyond these wait for their turn; their deadline begins with it.
  int at_once = 64;
};

// `text` with every mention of `root` left out.
std::string without(std::string text, const std::string& root);

class Runner {
 public:
  explicit Runner(Options options = {});
  ~Runner();

  Outcome run(const Request& request);
  // Makes sandboxes for this plan now, so that a later run finds them ready.
  void prepare(const Plan& plan);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace sandbox::runner
