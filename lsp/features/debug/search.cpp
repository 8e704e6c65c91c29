#include "lsp/features/debug/search.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/protect.h"
#include "lsp/text/uri.h"

namespace lsp::features::debug {
namespace {

// An edit on a line that never ran in what failed can hardly mend it; in code that tests do not
// reach by statements (a condition's other half) it still may.
constexpr double unsuspected = 0.02;
constexpr size_t batch_size = 40;

double suspicion_at(const std::map<int, double>& suspicion, int first, int last) {
  double highest = unsuspected;
  for (auto at = suspicion.lower_bound(first); at != suspicion.end() && at->first <= last; ++at) {
    highest = std::max(highest, at->second);
  }
  return highest;
}

// One version of the program after another, over a few threads.
class Trials {
 public:
  Trials(runner::Runner& sandbox, const Subject& subject, const std::vector<Candidate>& candidates,
         const Trial& base, const Version& version, const SearchLimits& limits)
      : sandbox_(sandbox),
        subject_(subject),
        candidates_(candidates),
        base_(base),
        version_(version),
        limits_(limits),
        original_(parse(version.text, subject.language)) {}

  Search run() {
    if (!original_) return {};
    before_.emplace(*original_);
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 0; i < limits_.workers; ++i) workers.emplace_back([this] { work(); });
    }
    std::stable_sort(found_.green.begin(), found_.green.end(), [](const Green& a, const Green& b) {
      return a.candidate.score > b.candidate.score;
    });
    found_.tried = std::min(next_.load(), candidates_.size());
    return std::move(found_);
  }

 private:
  bool over() {
    const Clock::time_point now = Clock::now();
    if (limits_.stop.stop_requested() || now > limits_.deadline) return true;
    const std::lock_guard lock(mutex_);
    if (found_.green.empty()) {
      return found_.improvement && now > limits_.deadline_after_improvement;
    }
    return found_.green.size() >= limits_.most_green ||
           (now > first_green_ + limits_.for_rivals && next_ >= limits_.least_tried);
  }

  void work() {
    const size_t most = has_batches(subject_) ? batch_size : 1;
    while (!over() && next_ < candidates_.size()) {
      std::vector<const Candidate*> batch;
      while (batch.size() < most) {
        const size_t at = next_++;
        if (at >= candidates_.size()) break;
        if (is_worth_running(candidates_[at])) batch.push_back(&candidates_[at]);
      }
      if (!batch.empty()) attempt(batch);
    }
  }

  bool is_worth_running(const Candidate& candidate) const {
    const auto tree = parse(candidate.text, subject_.language);
    if (!tree) return false;
    const bool was_broken = original_->has_error({0, version_.text.size()});
    if (!was_broken && tree->has_error({0, candidate.text.size()})) return false;
    return !objection(*before_, syntax::Nodes(*tree),
                      subject_.own_tests() ? "" : subject_.tests_text);
  }

  void attempt(const std::vector<const Candidate*>& batch) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(limits_.deadline - Clock::now());
    Version version{.text = batch[0]->text,
                    .pace = version_.pace,
                    .sanitized = version_.sanitized,
                    .deadline_ms = version_.deadline_ms,
                    .stop = limits_.stop};
    version.deadline_ms =
        std::min(version.deadline_ms, static_cast<uint32_t>(std::max<int64_t>(left.count(), 1)));
    if (has_batches(subject_)) {
      std::vector<const std::string*> texts;
      for (const Candidate* candidate : batch) texts.push_back(&candidate->text);
      const std::vector<Trial> trials = try_batch(sandbox_, subject_, texts, version);
      for (size_t i = 0; i < batch.size(); ++i) note(*batch[i], trials[i]);
    } else if (const auto trial = try_version(sandbox_, subject_, version)) {
      note(*batch[0], *trial);
    }
  }

  void note(const Candidate& candidate, const Trial& trial) {
    const std::lock_guard lock(mutex_);
    if (trial.green) {
      if (found_.green.empty()) first_green_ = Clock::now();
      const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin_).count();
      found_.green.push_back({candidate, ms});
    } else if (trial.passed() > std::max(base_.passed(), best_passed_) && keeps(trial)) {
      best_passed_ = trial.passed();
      found_.improvement = candidate;
    }
  }

  bool keeps(const Trial& trial) const {
    return std::all_of(base_.tests.begin(), base_.tests.end(), [&](const auto& before) {
      const auto now = trial.tests.find(before.first);
      return before.second != "passed" || (now != trial.tests.end() && now->second == "passed");
    });
  }

  runner::Runner& sandbox_;
  const Subject& subject_;
  const std::vector<Candidate>& candidates_;
  const Trial& base_;
  const Version& version_;
  const SearchLimits& limits_;
  const std::shared_ptr<const syntax::Tree> original_;
  std::optional<syntax::Nodes> before_;  // of original_, from run() on
  const Clock::time_point begin_ = Clock::now();
  std::atomic<size_t> next_{0};
  std::mutex mutex_;  // guards the rest
  Search found_;
  Clock::time_point first_green_;
  size_t best_passed_ = 0;
};

}  // namespace

std::vector<Candidate> candidates_of(const std::string& text, syntax::Language language,
                                     const Clues& clues, const std::map<int, double>& suspicion) {
  const auto tree = parse(text, language);
  if (!tree) return {};
  const syntax::Nodes nodes(*tree);
  std::vector<Candidate> candidates;
  std::set<std::string> seen{text};
  for (const Edit& edit : edits_of(nodes, *grammar_of(language), clues)) {
    const text::Document& document = tree->document();
    const int first = static_cast<int>(document.line_at(edit.range.begin)) + 1;
    // What is inserted before a line speaks of that line, and of the one before it.
    const int last = static_cast<int>(document.line_at(edit.range.end)) + 1;
    const bool inserted = edit.range.begin == edit.range.end;
    const bool anywhere = edit.what == "missing import";
    const double suspect =
        anywhere ? 1 : suspicion_at(suspicion, inserted ? first - 1 : first, last);
    std::string changed = applied(text, edit);
    if (!seen.insert(changed).second) continue;
    candidates.push_back({std::move(changed), edit.what, edit.prior * suspect, false});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  return candidates;
}

Search search(runner::Runner& sandbox, const Subject& subject,
              const std::vector<Candidate>& candidates, const Trial& base, const Version& version,
              const SearchLimits& limits) {
  return Trials(sandbox, subject, candidates, base, version, limits).run();
}

}  // namespace lsp::features::debug
