// What a change does to what a program's tests say, and to what the program does. Internal to this
// folder.
#pragma once

#include <functional>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lsp/features/debug/compare.h"
#include "lsp/features/debug/evidence.h"
#include "lsp/features/debug/trial.h"

namespace lsp::features::change {

inline constexpr uint32_t run_ms = 20'000;  // for each run

struct Tried {
  debug::Passing passing;  // with the change
  bool green = false;      // with the change, all of it
  bool breaks = false;     // what was green is not, or a new test fails
  // Tests by their plain names: that passed before and do not, whether they fail or are left out;
  // that pass and did not before; and that the change itself has taken away.
  std::vector<std::string> broken = {}, mended = {}, gone = {};
  bool ended = true, ended_before = true;  // within run_ms
  bool by_chance = false;                  // something failed with it, and not each time
  std::string why = {};  // the first failure: "ValueError: no sides"; empty where green
};

// The subject's proof is not Proof::none. The program as it is runs at once, in a thread of its
// own, which is waited for where it is needed, and stopped at the end.
class Trying {
 public:
  Trying(const debug::Subject& subject, debug::runner::Runner& sandbox,
         const std::stop_token& stop);
  ~Trying() { end_.request_stop(); }

  // An error says why nothing could be run.
  engine::base::Result<Tried> with(const std::string& text);
  // Whether the tests run a line that the change has written; also where that is not known.
  bool runs_changed_lines(const std::string& text) const;
  // The tests' own calls with other inputs, for both programs: `first` of a difference is the one
  // with the change. After with(), where that is green. Nothing where there are no such calls, or
  // what comes of them is another thing each time.
  std::optional<debug::Comparison> compared(const std::string& text);

 private:
  engine::base::Result<debug::Trial> run(const std::string& text) const;
  void compare_tests(const debug::Trial& before, const debug::Trial& after, Tried& tried) const;
  void forget_flaky(const std::string& text, Tried& tried) const;
  bool has_batches() const;

  const debug::Subject& subject_;
  debug::runner::Runner& sandbox_;
  std::stop_source end_;
  const std::stop_token stop_ = end_.get_token();
  const std::stop_callback<std::function<void()>> stopped_;
  std::shared_future<engine::base::Result<debug::Trial>> before_;
};

}  // namespace lsp::features::change
