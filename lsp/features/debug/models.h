// What models do for a search. They are asked on threads of their own, and nothing waits for them
// but what says so.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "lsp/features/debug/hints.h"
#include "lsp/text/document.h"

namespace lsp::features::debug {

// The kinds of changes (Fix::what) that models write: one that can be spoken to the first, the one
// that completes the second.
inline constexpr std::string_view rewritten_function = "rewritten function";
inline constexpr std::string_view rewritten_line = "rewritten line";

struct Report;
struct Subject;
struct RankedEdit;
struct Options;

// What is wrong, and how to think about it, as a model says it: held against nothing yet.
struct Words {
  std::string what;
  std::string how;
};

// Each blocks; an error says why the model could not be asked, and what to do. Any may be empty.
struct Models {
  // How a model would write the function at this range of the program: texts in its place. It is
  // told nothing of the run.
  std::function<engine::base::Result<std::vector<std::string>>(const text::Range& function,
                                                               std::stop_token stop)>
      rewrites;
  // How a model would fill the gap in a line between two texts: each text once.
  std::function<engine::base::Result<std::vector<std::string>>(
      const std::string& before, const std::string& after, std::stop_token stop)>
      infills;
  // What a model says of the failure.
  std::function<engine::base::Result<Words>(const Report& report, std::stop_token stop)> words;
};

// The models' part of one search. Belongs to one thread. Inside this folder.
class ModelWork {
 public:
  ModelWork(const Subject& subject, const Options& options)
      : subject_(subject), options_(options) {}
  ~ModelWork() { stop_.request_stop(); }

  // Each asks and returns at once. `suspicion` is of the program's lines, from 1.
  void ask_for_words(const Report& report);
  void ask_for_functions(const std::map<int, double>& suspicion);

  // The program with each function that a model has written, once it has, or so long from now;
  // nothing where it was not asked, or has not answered.
  std::optional<std::vector<RankedEdit>> functions(uint32_t wait_ms);
  // The program with other lines where it is suspected most, asked for until then.
  std::vector<RankedEdit> lines(const std::map<int, double>& suspicion,
                                std::chrono::steady_clock::time_point until);
  // Puts what the model has said behind the rules' hints, as far as it is grounded (grounded.h) and
  // says nothing of the fixes.
  void add_words(Report& report);

  // What people are to know of the models: that one could not be asked, and why.
  std::string note() const { return note_; }

 private:
  bool wait(const std::function<bool()>& is_ready, uint32_t ms) const;
  void failed(const std::string& why);
  void add_line(const std::string& before, const std::string& after, double score,
                std::vector<RankedEdit>& changes);

  const Subject& subject_;
  const Options& options_;
  std::stop_source stop_;
  std::string note_;
  std::optional<text::Range> function_;  // that was asked about
  std::future<engine::base::Result<std::vector<std::string>>> functions_;
  std::future<engine::base::Result<Words>> words_;
};

}  // namespace lsp::features::debug
