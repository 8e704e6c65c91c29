// A program has up to 20,000 small changes, of which a few hundred are run in the time. So they are
// kept as edits, the likeliest first, and become texts in the batch that runs them; each is parsed
// beginning with the tree of the program as it is, and what a fix may not do is known of that
// program once for all.
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
// Of a program that cannot be read one change in thousands can: what was found is run meanwhile.
constexpr std::chrono::milliseconds for_gathering{300};

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
  Searcher(runner::Runner& sandbox, const Subject& subject, const std::vector<RankedEdit>& changes,
           const Trial& base, const Version& version, const SearchLimits& limits)
      : sandbox_(sandbox),
        subject_(subject),
        changes_(changes),
        base_(base),
        version_(version),
        limits_(limits),
        original_(parse(version.text, subject.language)) {}

  Search run() {
    if (!original_) return {};
    before_.emplace(*original_);
    std::string_view tests;
    if (!subject_.own_tests()) tests = subject_.tests_text;
    protection_.emplace(*before_, tests);
    can_be_read_ = !original_->has_error({0, version_.text.size()}) ||
                   std::any_of(changes_.begin(), changes_.end(), [&](const RankedEdit& each) {
                     const std::string_view what = each.edit.what;
                     const bool form = what == "missing token" || what == superfluous_token;
                     return (form || what == "indentation") && is_read(text_of(each));
                   });
    {
      std::vector<std::jthread> workers;
      for (unsigned i = 0; i < limits_.workers; ++i) workers.emplace_back([this] { work(); });
    }
    std::stable_sort(found_.green.begin(), found_.green.end(), [](const Green& a, const Green& b) {
      return a.candidate.score > b.candidate.score;
    });
    found_.tried = std::min(next_.load(), changes_.size()) - large_.size() - alone_.size();
    found_.exhausted = found_.tried >= std::min(changes_.size(), limits_.least_tried);
    return std::move(found_);
  }

 private:
  bool is_late() const { return limits_.stop.stop_requested() || Clock::now() > limits_.deadline; }

  bool over() {
    if (is_late()) return true;
    const Clock::time_point now = Clock::now();
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
      std::vector<const RankedEdit*> batch;
      const Clock::time_point enough = Clock::now() + for_gathering;
      while (batch.size() < most && !is_late() && (batch.empty() || Clock::now() < enough)) {
        const size_t at = next_++;
        if (at >= changes_.size()) break;
        if (is_worth_running(changes_[at])) batch.push_back(&changes_[at]);
      }
      if (!batch.empty()) attempt(batch, large_);
      const auto large = next_of(large_, large_at_once);
      if (!large.empty() && !over()) attempt(large, alone_);
      const auto alone = next_of(alone_, 1);
      if (!alone.empty() && !over()) attempt_alone(*alone[0]);
      if (batch.empty() && large.empty() && alone.empty() && !attempt_late()) return;
      tell();
    }
  }

  // What may only have needed more time, where nothing passes. Whether there was any.
  bool attempt_late() {
    std::vector<const RankedEdit*> late;
    {
      const std::lock_guard lock(mutex_);
      is_patient_ = true;
      if (!found_.green.empty()) return false;
    }
    late = next_of(late_, batch_size(subject_, version_, 0));
    if (!late.empty() && !over()) attempt(late, alone_);
    return !late.empty();
  }

  void tell() {
    if (!limits_.on_tried) return;
    const std::lock_guard lock(mutex_);
    limits_.on_tried(std::min(next_.load(), changes_.size()));
  }

  // The likeliest of them.
  std::vector<const RankedEdit*> next_of(std::vector<const RankedEdit*>& waiting, size_t most) {
    const std::lock_guard lock(mutex_);
    std::stable_sort(waiting.begin(), waiting.end(),
                     [](const auto* a, const auto* b) { return a->edit.score > b->edit.score; });
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(std::min(most, waiting.size()));
    std::vector<const RankedEdit*> next(waiting.begin(), end);
    waiting.erase(waiting.begin(), end);
    return next;
  }

  std::string text_of(const RankedEdit& change) const {
    return applied(version_.text, change.edit);
  }

  Candidate candidate_of(const RankedEdit& change) const {
    return {text_of(change), change.edit.what, change.edit.score, change.generated};
  }

  bool is_read(const std::string& text) const {
    const auto tree = parse(text, subject_.language, original_.get());
    return tree && !tree->has_error({0, text.size()});
  }

  bool is_worth_running(const RankedEdit& change) const {
    const std::string text = text_of(change);
    const auto tree = parse(text, subject_.language, original_.get());
    if (!tree) return false;
    if (can_be_read_ && tree->has_error({0, text.size()})) return false;
    return !protection_->objection(syntax::Nodes(*tree));
  }

  Version version_now(const std::string& text) const {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(limits_.deadline - Clock::now());
    Version version{
        .text = text, .pace = version_.pace, .sanitized = version_.sanitized, .stop = limits_.stop};
    version.checks = version_.checks;
    version.headers = version_.headers;
    version.stepped = !is_patient_;
    version.most_steps = version_.most_steps;
    version.impatient = !is_patient_;
    version.batch_ms = static_cast<uint32_t>(std::max<int64_t>(left.count(), 1));
    version.deadline_ms = std::min(version_.deadline_ms, version.batch_ms);
    return version;
  }

  // What the batch does not hold goes to `rest`.
  void attempt(const std::vector<const RankedEdit*>& batch, std::vector<const RankedEdit*>& rest) {
    if (!limits_.batches) return attempt_alone(*batch[0]);
    std::vector<Attempt> attempts;
    for (const RankedEdit* change : batch) attempts.push_back({text_of(*change)});
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

  void attempt_alone(const RankedEdit& change) {
    const std::string text = text_of(change);
    const auto trial = try_version(sandbox_, subject_, version_now(text));
    if (trial) note(change, *trial);
  }

  void note(const RankedEdit& change, const Trial& trial) {
    const std::lock_guard lock(mutex_);
    if (trial.green) {
      const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin_).count();
      found_.green.push_back({candidate_of(change), ms});
      return;
    }
    const bool early = limits_.batches && (subject_.language == syntax::Language::python ||
                                           is_script(subject_.language));
    if (trial.cut_off && early && !is_patient_) late_.push_back(&change);
    const Worth own = worth(base_), its = worth(trial);
    const auto& best = found_.improvement;
    const bool likelier = best && its == best_ && change.edit.score > best->score;
    if (its <= own || !keeps(trial) || (best && its <= best_ && !likelier)) return;
    best_ = its;
    found_.improvement = candidate_of(change);
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
  const std::vector<RankedEdit>& changes_;
  const Trial& base_;
  const Version& version_;
  const SearchLimits& limits_;
  const std::shared_ptr<const syntax::Tree> original_;
  std::optional<syntax::Nodes> before_;  // of original_, from run() on
  std::optional<Protection> protection_;
  bool can_be_read_ = false;  // the text as it is, or with a token that it lacks
  const Clock::time_point begin_ = Clock::now();
  std::atomic<size_t> next_{0};
  std::mutex mutex_;  // guards the rest
  Search found_;
  std::vector<const RankedEdit*> large_;  // for batches of few
  std::vector<const RankedEdit*> alone_;  // for none
  std::vector<const RankedEdit*> late_;   // that were cut off
  std::atomic<bool> is_patient_{false};
  Worth best_;  // of found_.improvement
};

// The same change, of as little text as holds it: of two that make the same of `text` they are
// equal.
Edit narrowed(std::string_view text, Edit edit) {
  const size_t size = text.size() - (edit.range.end - edit.range.begin) + edit.text.size();
  const auto made = [&](size_t at) {
    if (at < edit.range.begin) return text[at];
    const size_t within = at - edit.range.begin;
    return within < edit.text.size() ? edit.text[within]
                                     : text[within - edit.text.size() + edit.range.end];
  };
  const size_t shorter = std::min(size, text.size());
  size_t begin = edit.range.begin;
  while (begin < shorter && text[begin] == made(begin)) ++begin;
  size_t behind = text.size() - edit.range.end;
  while (begin + behind < shorter && text[text.size() - behind - 1] == made(size - behind - 1)) {
    ++behind;
  }
  behind = std::min(behind, shorter - begin);
  std::string changed;
  for (size_t at = begin; at < size - behind; ++at) changed += made(at);
  edit.range = {begin, text.size() - behind};
  edit.text = std::move(changed);
  return edit;
}

}  // namespace

std::vector<RankedEdit> ranked_edits(const std::string& text, syntax::Language language,
                                     const Clues& clues, const std::map<int, double>& suspicion,
                                     Clock::time_point until, std::stop_token stop) {
  const auto tree = parse(text, language);
  if (!tree) return {};
  const syntax::Nodes nodes(*tree);
  const auto suspects = with_declarations(suspicion, nodes, tree->document());
  double most_suspected = 1;
  for (const auto& [line, suspect] : suspects) most_suspected = std::max(most_suspected, suspect);
  const text::Document& document = tree->document();
  const auto weight = [&](text::Range range, std::string_view what) {
    if (suspicion.empty()) return 1.0;  // nothing is seen of what a command runs
    if (what == "missing import" || what == "missing token" || what == superfluous_token) {
      return most_suspected;
    }
    const int first = static_cast<int>(document.line_at(range.begin)) + 1;
    const int last = static_cast<int>(document.line_at(range.end)) + 1;
    // What is inserted before a line speaks of that line, and of the one before it.
    const bool inserted = range.begin == range.end;
    return suspicion_at(suspects, inserted ? first - 1 : first, last);
  };
  std::vector<RankedEdit> changes;
  std::map<std::pair<size_t, std::string>, size_t> places;  // among them, by the narrowed change
  const Wanted wanted{.weight = weight, .until = until, .stop = std::move(stop)};
  for (Edit& made : edits_of(nodes, *grammar_of(language), clues, wanted)) {
    Edit edit = narrowed(text, std::move(made));
    if (edit.range.begin == edit.range.end && edit.text.empty()) continue;
    const size_t removed = edit.range.end - edit.range.begin;
    const auto key = std::pair(edit.range.begin, std::to_string(removed) + ":" + edit.text);
    const auto [at, is_new] = places.emplace(key, changes.size());
    if (is_new) {
      changes.push_back({std::move(edit)});
    } else if (Edit& same = changes[at->second].edit; same.score < edit.score) {
      same.what = edit.what;
      same.score = edit.score;
    }
  }
  std::stable_sort(changes.begin(), changes.end(), [](const RankedEdit& a, const RankedEdit& b) {
    return a.edit.score > b.edit.score;
  });
  return changes;
}

Search search(runner::Runner& sandbox, const Subject& subject,
              const std::vector<RankedEdit>& changes, const Trial& base, const Version& version,
              const SearchLimits& limits) {
  return Searcher(sandbox, subject, changes, base, version, limits).run();
}

}  // namespace lsp::features::debug
