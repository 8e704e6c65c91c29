#include "lsp/features/debug/search.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/found.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/protect.h"
#include "lsp/text/uri.h"

namespace lsp::features::debug {
namespace {

// An edit on a line that never ran in what failed can hardly mend it; in code that tests do not
// reach by statements (a condition's other half) it still may.
constexpr double unsuspected = 0.02;
constexpr double declared = 0.5;  // of what runs with it
constexpr size_t large_at_once = 6;

double suspicion_at(const std::map<int, double>& suspicion, int first, int last) {
  double highest = unsuspected;
  for (auto at = suspicion.lower_bound(first); at != suspicion.end() && at->first <= last; ++at) {
    highest = std::max(highest, at->second);
  }
  return highest;
}

// What is written of a function before its body ran where its first statement did; what a class
// declares, somewhere.
std::map<int, double> with_declarations(std::map<int, double> suspicion, const syntax::Nodes& nodes,
                                        const text::Document& document) {
  double highest = 0;
  for (const auto& [line, suspect] : suspicion) highest = std::max(highest, suspect);
  const auto line_of = [&](size_t offset) {
    return static_cast<int>(document.line_at(offset)) + 1;
  };
  const auto raise = [&](int line, double suspect) {
    suspicion[line] = std::max(suspicion[line], suspect);
  };
  for (size_t node = 1; node < nodes.size(); ++node) {
    const auto range = nodes[node].range;
    if (nodes[node].kind == "field_declaration") raise(line_of(range.begin), declared * highest);
    const size_t body = nodes.child(node, "body");
    if (role_of(nodes[node].kind) != Role::function || body == syntax::no_node) continue;
    const auto statements = nodes.children(body);
    if (statements.empty()) continue;
    const auto first = suspicion.find(line_of(nodes[statements[0]].range.begin));
    if (first == suspicion.end()) continue;
    const double suspect = declared * first->second;
    for (int line = line_of(range.begin); line <= line_of(nodes[body].range.begin); ++line) {
      raise(line, suspect);
    }
  }
  return suspicion;
}

// How far a program comes that is not right yet: how many tests pass; and what keeps it from coming
// to itself, counted down.
using Worth = std::pair<size_t, ptrdiff_t>;

// One version of the program after another, over a few threads.
class Searcher {
 public:
  Searcher(runner::Runner& sandbox, const Subject& subject,
           const std::vector<Candidate>& candidates, const Trial& base, const Version& version,
           const SearchLimits& limits)
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
    can_be_read_ =
        !original_->has_error({0, version_.text.size()}) ||
        std::any_of(candidates_.begin(), candidates_.end(), [&](auto& each) {
          return (each.what == "missing token" || each.what == "indentation") && parses(each.text);
        });
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 0; i < limits_.workers; ++i) workers.emplace_back([this] { work(); });
    }
    std::stable_sort(found_.green.begin(), found_.green.end(), [](const Green& a, const Green& b) {
      return a.candidate.score > b.candidate.score;
    });
    found_.tried = std::min(next_.load(), candidates_.size()) - large_.size() - alone_.size();
    found_.exhausted = found_.tried >= std::min(candidates_.size(), limits_.least_tried);
    return std::move(found_);
  }

 private:
  bool over() {
    const Clock::time_point now = Clock::now();
    if (limits_.stop.stop_requested() || now > limits_.deadline) return true;
    const std::lock_guard lock(mutex_);
    if (found_.green.empty()) {
      // With what was missing at hand, what is wrong comes to light: looking on would cost its
      // time.
      return found_.improvement && (now > limits_.deadline_after_improvement ||
                                    ((found_.improvement->what == "missing import" ||
                                      found_.improvement->what == spelling) &&
                                     best_.second == 0));
    }
    return found_.green.size() >= limits_.most_green || next_ >= limits_.least_tried ||
           now > limits_.deadline_for_rivals;
  }

  void work() {
    while (!over()) {
      const size_t most = limits_.batches ? batch_size(subject_, version_, next_) : 1;
      std::vector<const Candidate*> batch;
      while (batch.size() < most) {
        const size_t at = next_++;
        if (at >= candidates_.size()) break;
        if (is_worth_running(candidates_[at])) batch.push_back(&candidates_[at]);
      }
      if (!batch.empty()) attempt(batch, large_);
      const auto large = next_of(large_, large_at_once);
      if (!large.empty() && !over()) attempt(large, alone_);
      const auto alone = next_of(alone_, 1);
      if (!alone.empty() && !over()) attempt_alone(*alone[0]);
      if (batch.empty() && large.empty() && alone.empty()) return;
      tell();
    }
  }

  void tell() {
    if (!limits_.on_tried) return;
    const std::lock_guard lock(mutex_);
    limits_.on_tried(std::min(next_.load(), candidates_.size()));
  }

  // The likeliest of them.
  std::vector<const Candidate*> next_of(std::vector<const Candidate*>& waiting, size_t most) {
    const std::lock_guard lock(mutex_);
    std::stable_sort(waiting.begin(), waiting.end(),
                     [](const auto* a, const auto* b) { return a->score > b->score; });
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(std::min(most, waiting.size()));
    std::vector<const Candidate*> next(waiting.begin(), end);
    waiting.erase(waiting.begin(), end);
    return next;
  }

  bool parses(const std::string& text) const {
    const auto tree = parse(text, subject_.language);
    return tree && !tree->has_error({0, text.size()});
  }

  bool is_worth_running(const Candidate& candidate) const {
    const auto tree = parse(candidate.text, subject_.language);
    if (!tree) return false;
    if (can_be_read_ && tree->has_error({0, candidate.text.size()})) return false;
    return !objection(*before_, syntax::Nodes(*tree),
                      subject_.own_tests() ? "" : subject_.tests_text);
  }

  Version version_now(const std::string& text) const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(limits_.deadline - Clock::now());
    Version version{
        .text = text, .pace = version_.pace, .sanitized = version_.sanitized, .stop = limits_.stop};
    version.checks = version_.checks;
    version.headers = version_.headers;
    version.batch_ms = static_cast<uint32_t>(std::max<int64_t>(left.count(), 1));
    version.deadline_ms = std::min(version_.deadline_ms, version.batch_ms);
    return version;
  }

  // What the batch does not hold goes to `rest`.
  void attempt(const std::vector<const Candidate*>& batch, std::vector<const Candidate*>& rest) {
    if (!limits_.batches) return attempt_alone(*batch[0]);
    std::vector<Attempt> attempts;
    for (const Candidate* candidate : batch) attempts.push_back({candidate->text});
    const Trials trials = try_batch(sandbox_, subject_, attempts, version_now(version_.text));
    std::vector<bool> refuted(batch.size(), false);
    if (limits_.screened) refuted = refuted_of(attempts, trials);
    for (size_t i = 0; i < batch.size(); ++i) {
      if (refuted[i]) continue;
      if (trials[i]) {
        note(*batch[i], *trials[i]);
      } else {
        const std::lock_guard lock(mutex_);
        rest.push_back(batch[i]);
      }
    }
  }

  // Which green ones are not with the sanitizers.
  std::vector<bool> refuted_of(const std::vector<Attempt>& attempts, const Trials& trials) {
    std::vector<bool> refuted(attempts.size(), false);
    std::vector<size_t> places;
    std::vector<Attempt> green;
    for (size_t i = 0; i < attempts.size(); ++i) {
      if (!trials[i] || !trials[i]->green) continue;
      places.push_back(i);
      green.push_back(attempts[i]);
    }
    Version version = version_now(version_.text);
    version.sanitized = true;
    version.headers = nullptr;
    const Trials again = try_batch(sandbox_, subject_, green, version);
    for (size_t i = 0; i < again.size(); ++i) {
      refuted[places[i]] = again[i] && again[i]->ran && !again[i]->green;
    }
    const std::lock_guard lock(mutex_);
    found_.by_chance += static_cast<size_t>(std::count(refuted.begin(), refuted.end(), true));
    return refuted;
  }

  void attempt_alone(const Candidate& candidate) {
    const auto trial = try_version(sandbox_, subject_, version_now(candidate.text));
    if (trial) note(candidate, *trial);
  }

  void note(const Candidate& candidate, const Trial& trial) {
    const std::lock_guard lock(mutex_);
    if (trial.green) {
      const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin_).count();
      found_.green.push_back({candidate, ms});
      return;
    }
    const Worth own = worth(base_), its = worth(trial);
    const auto& best = found_.improvement;
    const bool likelier = best && its == best_ && candidate.score > best->score;
    if (its <= own || !keeps(trial) || (best && its <= best_ && !likelier)) return;
    best_ = its;
    found_.improvement = candidate;
  }

  Worth worth(const Trial& trial) const {
    return {passed(trial), -static_cast<ptrdiff_t>(names_missing(trial))};
  }

  // Of the tests that are wanted.
  size_t passed(const Trial& trial) const {
    const std::set<std::string>& wanted = subject_.wanted;
    return static_cast<size_t>(
        std::count_if(trial.tests.begin(), trial.tests.end(), [&](const auto& each) {
          return each.second == "passed" &&
                 (wanted.empty() || wanted.contains(plain_name(each.first)));
        }));
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
  bool can_be_read_ = false;             // the text as it is, or with a token that it lacks
  const Clock::time_point begin_ = Clock::now();
  std::atomic<size_t> next_{0};
  std::mutex mutex_;  // guards the rest
  Search found_;
  std::vector<const Candidate*> large_;  // for batches of few
  std::vector<const Candidate*> alone_;  // for none
  Worth best_;                           // of found_.improvement
};

}  // namespace

std::vector<Candidate> candidates_of(const std::string& text, syntax::Language language,
                                     const Clues& clues, const std::map<int, double>& suspicion) {
  const auto tree = parse(text, language);
  if (!tree) return {};
  const syntax::Nodes nodes(*tree);
  const auto suspects = with_declarations(suspicion, nodes, tree->document());
  double most_suspected = 1;
  for (const auto& [line, suspect] : suspects) most_suspected = std::max(most_suspected, suspect);
  std::vector<Candidate> candidates;
  std::map<std::string, size_t> places;  // of the texts among them
  for (const Edit& edit : edits_of(nodes, *grammar_of(language), clues)) {
    const text::Document& document = tree->document();
    const int first = static_cast<int>(document.line_at(edit.range.begin)) + 1;
    // What is inserted before a line speaks of that line, and of the one before it.
    const int last = static_cast<int>(document.line_at(edit.range.end)) + 1;
    const bool inserted = edit.range.begin == edit.range.end;
    const bool anywhere = edit.what == "missing import" || edit.what == "missing token";
    const double suspect =
        anywhere ? most_suspected : suspicion_at(suspects, inserted ? first - 1 : first, last);
    std::string changed = applied(text, edit);
    const auto [at, is_new] = places.emplace(changed, candidates.size());
    if (is_new) {
      candidates.push_back({std::move(changed), edit.what, edit.prior * suspect, false});
    } else if (Candidate& same = candidates[at->second]; same.score < edit.prior * suspect) {
      same.what = edit.what;
      same.score = edit.prior * suspect;
    }
  }
  std::erase_if(candidates, [&](const Candidate& each) { return each.text == text; });
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  return candidates;
}

Search search(runner::Runner& sandbox, const Subject& subject,
              const std::vector<Candidate>& candidates, const Trial& base, const Version& version,
              const SearchLimits& limits) {
  return Searcher(sandbox, subject, candidates, base, version, limits).run();
}

}  // namespace lsp::features::debug
