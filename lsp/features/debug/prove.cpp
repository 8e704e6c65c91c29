// Why a change that turns red to green may still be wrong: the tests admit it, and admit others.
// So the likeliest one is held against all that pass as well. These are changes of the program, and
// changes of the fix: where `<= n` passes, and `<= n + 1` as well, the tests do not say which of
// them is meant. What passes is asked what it does with other inputs; a difference that can be
// shown is shown, and then nothing is verified.
#include "lsp/features/debug/prove.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/compare.h"
#include "lsp/features/debug/diff.h"
#include "lsp/features/debug/evidence.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/hiding.h"
#include "lsp/features/debug/imported.h"
#include "lsp/features/debug/pace.h"
#include "lsp/features/debug/protect.h"
#include "lsp/features/debug/smaller.h"
#include "lsp/features/debug/suspicion.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::concat;
using engine::base::Result;
using std::chrono::milliseconds;

constexpr size_t max_neighbours = 240;
constexpr size_t max_rivals = 40;
constexpr size_t fewest_inputs = 12;     // on which rivals must do the same
constexpr milliseconds for_change{800};  // a run with probes, after rivals were compared

constexpr milliseconds for_elsewhere{2'500};  // however late it is

// What passes besides the likeliest.
struct Rivals {
  std::vector<std::string> texts;
  size_t neighbours = 0;  // changes of the fix that were tried
  bool too_many = false;  // to be compared
  bool all_tried = false;
};

// What the fix wrote, as far as it can be read by itself: the statements that are new, or the
// expression that holds what is.
text::Range changed_part(const syntax::Nodes& nodes, const std::string& original) {
  const std::string_view fixed = nodes.text();
  const Differing change = differing(original, fixed);
  text::Range part{change.begin, change.after_end};
  for (size_t node = nodes.size(); node-- > 1;) {
    const auto range = nodes[node].range;
    if (range.begin > part.begin || part.end > range.end) continue;
    const Role role = role_of(nodes[node].kind);
    const bool large = role == Role::block || role == Role::condition || role == Role::loop ||
                       role == Role::function || nodes[node].parent == 0;
    if (large) break;
    part = range;
    if (role == Role::binary || role == Role::call || role == Role::returning) break;
    if (role == Role::assignment || role == Role::declaration) break;
  }
  return part;
}

bool is_a_number(std::string_view text) {
  return text.find_first_not_of("-.0123456789") == text.npos;
}

// Whether the fix only writes a number down, for what a variable begins with or becomes.
bool writes_a_number(const std::string& original, const std::string& fixed,
                     syntax::Language language) {
  const auto tree = parse(fixed, language);
  if (!tree) return false;
  const syntax::Nodes nodes(*tree);
  const text::Range part = changed_part(nodes, original);
  for (size_t node = 1; node < nodes.size(); ++node) {
    const bool inside = part.begin <= nodes[node].range.begin && nodes[node].range.end <= part.end;
    const std::string_view field = nodes[node].field;
    const size_t around = nodes[node].parent;
    const bool sets = nodes[around].kind.find("assignment") != std::string_view::npos ||
                      nodes[around].kind.ends_with("_declarator");
    if (!inside || !sets || (field != "right" && field != "value")) continue;
    return is_a_number(nodes.text(node));
  }
  return false;
}

// Small changes of what the fix wrote, and then of the lines around it, the likeliest first.
std::vector<std::string> neighbours_of(const std::string& original, const Fix& fix,
                                       const Subject& subject, const Clues& clues) {
  const std::string& fixed = fix.text;
  const syntax::Language language = subject.language;
  const auto tree = parse(fixed, language);
  if (!tree) return {};
  const syntax::Nodes nodes(*tree);
  // What could not be read has done nothing so far that could be meant otherwise.
  const auto before = parse(original, language);
  const bool was_broken = before && before->has_error({0, original.size()});
  const text::Range part = changed_part(nodes, original);
  const text::Document& document = tree->document();
  const size_t first = document.line_at(part.begin), last = document.line_at(part.end);
  const auto weight = [&](text::Range range, std::string_view) {
    return first <= document.line_at(range.begin) && document.line_at(range.end) <= last ? 1.0 : 0;
  };
  std::vector<Edit> edits;
  for (Edit& edit : edits_of(nodes, *grammar_of(language), clues, {.weight = weight})) {
    const bool inside = part.begin <= edit.range.begin && edit.range.end <= part.end;
    if (inside) edit.prior += 1;
    // What is wrapped around it is another thought, and no other way to write this one.
    const bool near = edit.what != "missing import" && edit.what != "missing call" &&
                      edit.what != "wrong type" && edit.what != "copy" && !was_broken;
    // It can be written in one way: of `all = [] if all is None else all` no part means another.
    if (inside && fix.what == "mutable default") continue;
    // Where no test says what it is for, anything can be left out.
    if (subject.proof == Proof::none && edit.what == "superfluous statement") continue;
    if (near) edits.push_back(std::move(edit));
  }
  Versions versions(*tree, {original, fixed});
  for (std::string& text : inserted_elsewhere(original, fixed)) versions.add(std::move(text));
  versions.add(fixed, std::move(edits), max_neighbours);
  return versions.take();
}

class Prover {
 public:
  Prover(const Runs& runs, const Proving& proving) : runs_(runs), proving_(proving) {}

  std::vector<Fix> run() {
    std::vector<const Green*> green;
    for (const Green& each : proving_.found.green) green.push_back(&each);
    green = without_hiding(runs_, proving_, std::move(green));
    for (; !green.empty() && !runs_.is_over(); green.erase(green.begin())) {
      Fix fix = fix_of(green.front()->candidate.text, green.front()->candidate.what);
      if (!passes(fix)) continue;
      make_smaller(fix, *green.front());
      Rivals rivals = rivals_of(green, fix);
      Comparison comparison = compared(fix.text, rivals);
      while (comparison.difference && !runs_.is_over()) {
        const auto rival =
            rivals.texts.begin() + static_cast<ptrdiff_t>(comparison.difference->second) - 1;
        if (!fails_alone(*rival)) break;
        rivals.texts.erase(rival);
        comparison = compared(fix.text, rivals);
      }
      return judged(std::move(fix), rivals, comparison);
    }
    return {};
  }

 private:
  const std::string& original() const { return runs_.subject.question.text; }

  Fix fix_of(const std::string& text, std::string_view what) const {
    const std::string name = fs::path(runs_.subject.question.file).filename();
    return {.text = text,
            .diff = unified_diff(original(), text, name),
            .what = std::string(what),
            .generated = std::any_of(
                proving_.found.green.begin(), proving_.found.green.end(), [&](const Green& green) {
                  return green.candidate.generated && green.candidate.text == text;
                })};
  }

  // Less of it, as long as that passes as well.
  void make_smaller(Fix& fix, const Green& green) const {
    while (!runs_.is_over()) {
      std::vector<std::string> texts;
      if (green.candidate.generated) texts = with_one_place_less(original(), fix.text);
      if (proving_.base != original()) {
        texts.push_back(second_step_alone(original(), proving_.base, fix.text));
      }
      const auto passing = std::find_if(texts.begin(), texts.end(), [&](const std::string& text) {
        return is_smaller_fix(text, fix);
      });
      if (passing == texts.end()) return;
      Fix smaller = fix_of(*passing, fix.what);
      if (!passes(smaller)) return;
      smaller.generated = fix.generated;
      fix = std::move(smaller);
    }
  }

  bool is_smaller_fix(const std::string& text, const Fix& fix) const {
    if (text.empty() || text == fix.text || text == original()) return false;
    const auto before = parse(original(), runs_.subject.language);
    const auto after = parse(text, runs_.subject.language);
    if (!before || !after || after->has_error({0, text.size()})) return false;
    std::string_view tests;
    if (!runs_.subject.own_tests()) tests = runs_.subject.tests_text;
    if (objection(syntax::Nodes(*before), syntax::Nodes(*after), tests)) return false;
    const auto trial = try_version(runs_.sandbox, runs_.subject, runs_.version(text, Pace::quick));
    return trial && trial->green;
  }

  Rivals rivals_of(const std::vector<const Green*>& green, const Fix& fix) const {
    const std::string& fixed = fix.text;
    Rivals rivals;
    for (size_t i = 1; i < green.size(); ++i) rivals.texts.push_back(green[i]->candidate.text);
    if (!runs_.batches) return rivals;
    std::vector<Attempt> attempts;
    for (std::string& text : neighbours_of(original(), fix, runs_.subject, proving_.clues)) {
      attempts.push_back({std::move(text)});
    }
    Version version = runs_.version(fixed, Pace::quick);
    version.batch_ms = runs_.left_ms() / 2;
    const auto trials =
        try_batches(runs_.sandbox, runs_.subject, attempts, version, runs_.options.workers);
    for (size_t i = 0; i < trials.size(); ++i) {
      if (!trials[i]) continue;
      ++rivals.neighbours;
      if (trials[i]->green) rivals.texts.push_back(attempts[i].text);
    }
    rivals.all_tried = rivals.neighbours * 2 > attempts.size() || attempts.empty();
    rivals.too_many = rivals.texts.size() > max_rivals;
    if (rivals.too_many) rivals.texts.resize(max_rivals);
    return rivals;
  }

  // A batch shares what surrounds its versions, so that one may pass there and not by itself.
  bool fails_alone(const std::string& text) const {
    if (!runs_.batches) return false;
    const auto trial = try_version(runs_.sandbox, runs_.subject, runs_.version(text, Pace::quick));
    return trial && !trial->green && !never_ends(trial->run.outcome);
  }

  Comparison compared(const std::string& fixed, const Rivals& rivals) const {
    if (rivals.texts.empty()) return {};
    std::vector<std::string> texts{fixed};
    texts.insert(texts.end(), rivals.texts.begin(), rivals.texts.end());
    return compare(runs_.sandbox, runs_.subject, fixed, texts, compare_limits());
  }

  CompareLimits compare_limits() const {
    CompareLimits limits{.deadline = runs_.end - for_change,
                         .batches = runs_.batches,
                         .each_ms = 3 * runs_.quick_deadline_ms,  // what is cut off tells nothing
                         .workers = runs_.options.workers,
                         .sanitized = runs_.sanitized,
                         .checks = runs_.checks,
                         .headers = runs_.headers,
                         .stop = runs_.options.stop,
                         // In C and C++ each round is compiled.
                         .first_alone = runs_.batches && !is_compiled(runs_.subject)};
    if (limits.first_alone && !never_ends(proving_.red.run.outcome)) limits.before = original();
    return limits;
  }

  // A number that is what the tests want of some variable, and no more: `count = 1` for `count = 0`
  // where a step is missing. What comes out is that number then, with other inputs too.
  std::optional<std::string> number_for_all(const std::string& fixed) const {
    constexpr size_t fewest = 3;
    if (!writes_a_number(original(), fixed, runs_.subject.language)) return std::nullopt;
    const Effect effect =
        effect_of(runs_.sandbox, runs_.subject, original(), fixed, compare_limits());
    const bool number = effect.only && is_a_number(*effect.only);
    return number && effect.inputs >= fewest ? effect.only : std::nullopt;
  }

  // Green twice in full, and all other tests as before.
  bool passes(Fix& fix) const {
    size_t passed = 0, all = 0;
    const auto once = [&] {
      return try_version(runs_.sandbox, runs_.subject, runs_.version(fix.text, Pace::full));
    };
    auto second = std::async(std::launch::async, once);
    const Result<Trial> trials[] = {once(), second.get()};
    for (const Result<Trial>& trial : trials) {
      if (!trial || !trial->green) return false;
      fix.mended.clear(), fix.kept.clear();
      for (const auto& [name, outcome] : proving_.red.tests) {
        const std::set<std::string>& wanted = runs_.subject.wanted;
        const bool is_red = outcome != "skipped" && outcome != "passed";
        const bool must_pass = wanted.empty() || wanted.contains(plain_name(name));
        (is_red && must_pass ? fix.mended : fix.kept).push_back(name);
        if (!must_pass) continue;  // red, as before
        const auto now = trial->tests.find(name);
        if (now == trial->tests.end() || (outcome != "skipped" && now->second != "passed")) {
          return false;
        }
      }
      passed = trial->passed(), all = trial->tests.size();
      ++fix.green_runs;
    }
    Passing passing{.proof = runs_.subject.proof, .passed = passed, .tests = all};
    if (!runs_.subject.wanted.empty() && passed < all) passing.test = runs_.subject.start->test;
    fix.seen = said(passing, runs_.options.tongue);
    return true;
  }

  // Whether the statement that holds the change ran; also where no probe can stand, since red
  // became green by this change alone.
  bool change_ran(const std::string& text) const {
    // What was wrong kept the program from running: that it runs is the evidence.
    const languages::Run& red = proving_.red.run;
    if (red.findings.failures.empty() && !red.diagnostics.empty()) return true;
    const auto tree = parse(text, runs_.subject.language);
    if (!tree) return false;
    const int line = statement_line(syntax::Nodes(*tree), *grammar_of(runs_.subject.language),
                                    changed_at(original(), text));
    if (line == 0) return true;
    Version version = runs_.version(text, Pace::quick);
    version.deadline_ms = runs_.full_deadline_ms;
    const auto pieces = run_probes(runs_.sandbox, runs_.subject, version);
    return std::any_of(pieces.begin(), pieces.end(),
                       [&](const Piece& piece) { return piece.lines.contains(line); });
  }

  // The verdict. Each thing that is not known is said, and keeps it from being verified.
  std::vector<Fix> judged(Fix fix, const Rivals& rivals, const Comparison& comparison) const {
    Judgement judgement{.tried = proving_.found.tried,
                        .candidates = proving_.candidates,
                        .near = rivals.neighbours,
                        .rivals = rivals.texts.size(),
                        .inputs = comparison.inputs};
    const Tongue tongue = runs_.options.tongue;
    if (comparison.difference) {
      judgement.difference = comparison.difference;
      Fix other = fix_of(rivals.texts[comparison.difference->second - 1], "another change");
      other.seen = fix.seen;
      other.mended = fix.mended, other.kept = fix.kept;
      other.green_runs = 1;  // the quick one
      const std::string seen = fix.seen + said(text::then, tongue);
      fix.evidence = seen + said(judgement, tongue);
      judgement.is_the_other = true;
      other.evidence = seen + said(judgement, tongue);
      return {std::move(fix), std::move(other)};
    }
    judgement.doubt = doubt_of(fix, rivals, comparison);
    const bool proved = runs_.subject.proof != Proof::none;
    if (proved && judgement.doubt == Doubt::nothing) {
      if (const auto value = number_for_all(fix.text)) {
        judgement.doubt = Doubt::one_value;
        judgement.value = *value;
      }
    }
    if (proved && judgement.doubt == Doubt::nothing) look_elsewhere(judgement);
    if (!proved) {
      fix.verified = Verified::no_crash;
    } else if (judgement.doubt == Doubt::nothing) {
      fix.verified = Verified::yes;
    }
    fix.evidence = fix.seen;
    if (proved || judgement.doubt != Doubt::nothing) {
      fix.evidence += said(text::then, tongue) + said(judgement, tongue);
    }
    return {std::move(fix)};
  }

  // A fix of a caller may only make up for what is wrong in what it calls.
  void look_elsewhere(Judgement& judgement) const {
    auto until = runs_.end;
    if (!runs_.options.search_ms) until = std::max(until, Clock::now() + for_elsewhere);
    const auto file = mended_elsewhere(runs_, proving_, until);
    if (!file) return;
    judgement.doubt = Doubt::elsewhere;
    judgement.file = *file;
  }

  Doubt doubt_of(const Fix& fix, const Rivals& rivals, const Comparison& comparison) const {
    if (!proving_.found.exhausted) return Doubt::not_all_tried;
    if (rivals.too_many) return Doubt::too_many;
    if (!rivals.texts.empty() && !comparison.complete) return Doubt::not_compared;
    if (!rivals.texts.empty() && comparison.inputs < fewest_inputs) return Doubt::alike;
    if (!rivals.all_tried) return Doubt::none_near;
    return change_ran(fix.text) ? Doubt::nothing : Doubt::may_not_have_run;
  }

  const Runs& runs_;
  const Proving& proving_;
};

}  // namespace

std::vector<Fix> prove(const Runs& runs, const Proving& proving) {
  return Prover(runs, proving).run();
}

}  // namespace lsp::features::debug
