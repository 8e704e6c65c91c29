// How versions of a program are tried quickly during one search: alone or many at once, with which
// sanitizers and how long each may take. Inside this folder.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "lsp/features/debug/runs.h"

namespace lsp::features::debug {

bool is_compiled(const Subject& subject);  // C and C++

// "61 s", "0.4 s".
std::string seconds(uint32_t ms);

// Belongs to one thread, as `runs` does.
class Pacemaker {
 public:
  explicit Pacemaker(Runs& runs) : runs_(runs) {}
  ~Pacemaker() { ahead_stop_.request_stop(); }

  // A full run of the program, by which the times of all others are set. What has not ended in the
  // time of most is given more, unless it is seen to be in the program itself: that never ends.
  engine::base::Result<Trial> first_run();

  // Compiles the headers, and then the program as a batch, while the failure is looked at: where
  // that shows it, the search can begin at once.
  void start_ahead();

  // Sets `runs` so that a quick run of `text` shows the failure, and returns that run; nothing
  // where none does. `red` is a full run of the program.
  std::optional<Trial> set(const std::string& text, const Trial& red);

 private:
  // What is made while the failure is looked at, without sanitizers.
  struct Ahead {
    std::shared_ptr<const Headers> headers;
    std::optional<Trial> base;
  };
  bool may_end_later(const Trial& cut_off) const;
  void set_times(const runner::Outcome& run);
  Version batch_version(const std::string& text, const char* checks) const;
  std::optional<Trial> compiled_base(const std::string& text, const Trial& red);
  std::optional<Trial> base_alone(const std::string& text);

  Runs& runs_;
  bool is_endless_ = false;  // the program, as far as a run's time tells
  std::stop_source ahead_stop_;
  const std::stop_callback<std::function<void()>> stops_ahead_{
      runs_.options.stop, [this] { ahead_stop_.request_stop(); }};
  std::future<Ahead> ahead_;
  std::shared_ptr<const Headers> unchecked_headers_;
};

}  // namespace lsp::features::debug
