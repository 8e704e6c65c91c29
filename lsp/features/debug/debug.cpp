// The order of things: the program is run until it has failed twice; a run with probes says which
// lines ran in what failed; small changes of these lines are tried, the likeliest first, quickly
// and in parallel; each that is green is run twice in full; and where several are, other inputs
// tell them apart. Every step has its share of the time, and what is found early is not lost when
// time is up.
#include "lsp/features/debug/debug.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/compare.h"
#include "lsp/features/debug/diff.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/search.h"
#include "lsp/features/debug/suspicion.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;
using engine::base::concat;
using engine::base::fail;
using engine::base::Result;
using std::chrono::milliseconds;

constexpr uint32_t first_deadline_ms = 5'000;
// Of what is left when the search is over, for proving and comparing.
constexpr milliseconds for_proof{3'500};
constexpr uint32_t start_ms = 400;  // of an interpreter, on a busy machine
constexpr double by_frame = 0.6;    // suspicion of the innermost frame's line; others fade
constexpr double frame_fading = 0.7;

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

bool is_ours(const Subject& subject, const std::string& file) {
  return file == subject.question.file || file == subject.tests ||
         (subject.question.workspace && file.starts_with(*subject.question.workspace + "/"));
}

Found found_in(const Subject& subject, const Trial& trial) {
  const languages::Run& run = trial.run;
  Found found;
  found.verdict = runner::verdict_name(run.outcome.verdict);
  for (const auto& [name, outcome] : trial.tests) {
    if (outcome == "failed" || outcome == "error") found.red.push_back(name);
  }
  found.tests = trial.tests.size();
  const auto error = std::find_if(run.diagnostics.begin(), run.diagnostics.end(),
                                  [](const auto& each) { return each.severity == "error"; });
  if (error != run.diagnostics.end()) {
    found.type = "compile error";
    for (const auto& diagnostic : run.diagnostics) {
      found.message += (found.message.empty() ? "" : "\n") + diagnostic.message;
    }
    found.frames.push_back({error->file, error->line, "", {}});
    return found;
  }
  if (!run.findings.failures.empty()) {
    const languages::Failure& failure = run.findings.failures.front();
    found.type = failure.type;
    found.message = failure.message;
    for (const languages::Frame& frame : failure.frames) {
      if (is_ours(subject, frame.file)) found.frames.push_back(frame);
    }
  } else {
    found.type = found.verdict;
    found.message = run.outcome.reason;
  }
  return found;
}

// Lines of the tests at which something failed.
std::set<int> red_lines(const Subject& subject, const Trial& trial) {
  std::set<int> lines;
  for (const languages::Failure& failure : trial.run.findings.failures) {
    for (auto frame = failure.frames.rbegin(); frame != failure.frames.rend(); ++frame) {
      if (frame->file != subject.tests) continue;
      lines.insert(frame->line);
      break;
    }
  }
  return lines;
}

class Debugging {
 public:
  Debugging(const Subject& subject, runner::Runner& sandbox, const Options& options)
      : subject_(subject),
        sandbox_(sandbox),
        options_(options),
        text_(subject.question.text),
        end_(begin_ + milliseconds(options.search_ms)) {}

  Result<Report> run() {
    auto red = try_version(sandbox_, subject_, version(text_, Pace::full));
    if (!red) return red.error();
    using runner::Verdict;
    const Verdict verdict = red->run.outcome.verdict;
    if (verdict == Verdict::refused || verdict == Verdict::could_not_start) {
      return fail("cannot run '", subject_.tests, "': ", red->run.outcome.reason);
    }
    Report report;
    if (red->green) {
      report.note = subject_.proof == Proof::tests
                        ? concat("all ", red->tests.size(), " tests pass")
                        : "it runs without a failure";
      report.ms = ms_since(begin_);
      return report;
    }
    report.failure = found_in(subject_, *red);
    report.hints = hints_of(*report.failure, subject_.question.file, text_, options_.tongue);
    if (options_.on_failure) options_.on_failure(report);
    // Its frames are known by now: without the debugger.
    Version second = version(text_, is_compiled() ? Pace::quick : Pace::full);
    second.sanitized = true;
    const auto again = try_version(sandbox_, subject_, second);
    report.failure->reproduced = again && !again->green;
    if (!report.failure->reproduced) {
      report.note = "it failed once and not a second time: what depends on chance cannot be proved";
    } else {
      red_ = std::move(*red);
      find_fixes(report);
    }
    report.ms = ms_since(begin_);
    return report;
  }

 private:
  Version version(const std::string& text, Pace pace) const {
    Version made{.text = text, .pace = pace, .stop = options_.stop};
    made.deadline_ms = pace == Pace::quick ? quick_deadline_ms_ : first_deadline_ms;
    made.sanitized = pace == Pace::full || sanitized_;
    return made;
  }

  bool is_compiled() const {
    return subject_.language == syntax::Language::cpp || subject_.language == syntax::Language::c;
  }

  // Which lines ran in what failed, by a run with probes, and the failure's frames.
  std::map<int, double> suspicion(const std::string& text, const Trial& red) {
    std::map<int, double> lines;
    const auto program = parse(text, subject_.language);
    if (!program) return lines;
    lines = ochiai(probe(*program), red_lines(subject_, red));
    for (const languages::Failure& failure : red.run.findings.failures) {
      double weight = by_frame;
      for (auto frame = failure.frames.rbegin(); frame != failure.frames.rend(); ++frame) {
        if (frame->file != subject_.question.file) continue;
        lines[frame->line] += weight;
        weight *= frame_fading;
      }
    }
    for (const auto& diagnostic : red.run.diagnostics) {
      if (diagnostic.file == subject_.question.file) lines[diagnostic.line] += 1;
    }
    return lines;
  }

  std::vector<Piece> probe(const syntax::Tree& program) {
    const Grammar& grammar = *grammar_of(subject_.language);
    const std::string probed = with_probes(syntax::Nodes(program), grammar,
                                           subject_.own_tests() ? Probed::both : Probed::program);
    Version with = version(probed, Pace::full);
    with.sanitized = false;
    if (!subject_.own_tests()) {
      const auto tests = parse(subject_.tests_text, subject_.language);
      if (tests) with.tests = with_probes(syntax::Nodes(*tests), grammar, Probed::tests);
    }
    const std::string folder = subject_.question.workspace
                                   ? fs::path(subject_.tests).parent_path().string()
                                   : sandbox::policy::work_folder;
    with.files = probe_files(subject_.language, folder);
    with.results = {probe_log};
    const auto trial = try_version(sandbox_, subject_, with);
    if (!trial) return {};
    const auto log = trial->run.outcome.results.find(probe_log);
    const bool there = log != trial->run.outcome.results.end() && log->second.ok();
    return there ? read_probes(*log->second) : std::vector<Piece>();
  }

  // How a version is tried quickly, and the program's own trial that way.
  std::optional<Trial> quick_base(const std::string& text) {
    const auto begin = Clock::now();
    auto trial = try_version(sandbox_, subject_, version(text, Pace::quick));
    const auto ms = static_cast<uint32_t>(ms_since(begin));
    if (!trial) return std::nullopt;
    if (trial->green && !sanitized_) {  // only the sanitizers see the failure
      sanitized_ = true;
      return quick_base(text);
    }
    if (trial->green) return std::nullopt;
    const bool endless = trial->run.outcome.verdict == runner::Verdict::timed_out;
    quick_deadline_ms_ = (endless ? 0 : 4 * ms) + (is_compiled() ? 3'000 : 600);
    // Of a batch's version alone: its interpreter runs already.
    const uint32_t slow_ms = endless || ms < start_ms ? 0 : ms - start_ms;
    if (has_batches(subject_)) quick_deadline_ms_ = 250 + 2 * slow_ms;
    return std::move(*trial);
  }

  void find_fixes(Report& report) {
    quick_deadline_ms_ = 2'500;
    const Clues clues{report.failure->type, report.failure->message, subject_.tests_text};
    std::string text = text_;
    Trial red = red_;
    Search found;
    // A second round begins at the best improvement, where one change was not enough.
    for (int round = 0; round < 2; ++round) {
      const auto base = quick_base(text);
      if (!base) {
        report.note = "a quick run does not show the failure";
        return;
      }
      const auto candidates = candidates_of(text, subject_.language, clues, suspicion(text, red));
      SearchLimits limits{.deadline = end_ - for_proof,
                          .most_green = is_compiled() ? size_t{4} : size_t{8},
                          .workers = options_.workers,
                          .stop = options_.stop};
      const auto share = round == 0 ? (limits.deadline - Clock::now()) / 2 : milliseconds(0);
      limits.deadline_after_improvement = limits.deadline - share;
      const Version kind = version(text, Pace::quick);
      found = search(sandbox_, subject_, candidates, *base, kind, limits);
      report.note = concat("tried ", found.tried, " of ", candidates.size(), " changes");
      rivals_sought_ = found.tried >= std::min(candidates.size(), limits.least_tried);
      if (!found.green.empty() || !found.improvement) break;
      if (round == 0) {
        text = found.improvement->text;
        auto now = try_version(sandbox_, subject_, version(text, Pace::full));
        if (!now) return;
        red = std::move(*now);
      }
    }
    prove(report, found);
  }

  void prove(Report& report, const Search& found) {
    std::vector<std::string> texts;
    for (const auto& [candidate, ms] : found.green) {
      if (options_.stop.stop_requested() || Clock::now() > end_) break;
      Fix fix{
          .text = candidate.text,
          .diff = unified_diff(text_, candidate.text, fs::path(subject_.question.file).filename()),
          .what = std::string(candidate.what),
          .ms = ms_since(begin_)};
      if (!proved(fix)) continue;
      fix.ms = ms_since(begin_);
      texts.push_back(fix.text);
      report.fixes.push_back(std::move(fix));
    }
    if (texts.size() > 1) {
      tell_apart(report, texts);
    } else if (!report.fixes.empty() && !rivals_sought_) {
      Fix& only = report.fixes.front();
      if (only.verified == Verified::yes) only.verified = Verified::no;
      only.evidence += concat("; ", report.note, " in the time: another may pass as well");
    }
    std::stable_sort(report.fixes.begin(), report.fixes.end(), [](const Fix& a, const Fix& b) {
      return (a.verified != Verified::no) > (b.verified != Verified::no);
    });
  }

  // Green twice in full, all other tests as before, and the change ran.
  bool proved(Fix& fix) {
    size_t passed = 0, all = 0;
    for (int time = 0; time < 2; ++time) {
      const auto trial = try_version(sandbox_, subject_, version(fix.text, Pace::full));
      if (!trial || !trial->green) return false;
      for (const auto& [name, outcome] : red_.tests) {
        const auto now = trial->tests.find(name);
        if (now == trial->tests.end() || (outcome != "skipped" && now->second != "passed")) {
          return false;
        }
      }
      passed = trial->passed(), all = trial->tests.size();
    }
    switch (subject_.proof) {
      case Proof::tests:
        fix.evidence = concat("passes ", passed, " of ", all, all == 1 ? " test" : " tests");
        break;
      case Proof::assertions:
        fix.evidence = "runs to its end, and its own assertions hold";
        break;
      case Proof::command:
        fix.evidence = "the command ends with 0";
        break;
      case Proof::none:
        fix.evidence = "runs to its end; there is no test that could say more";
    }
    fix.verified = subject_.proof == Proof::none ? Verified::no_crash : Verified::yes;
    if (!change_ran(fix.text)) {
      fix.verified = Verified::no;
      fix.evidence += "; whether the changed line ran is not known";
    }
    return true;
  }

  bool change_ran(const std::string& text) {
    const auto program = parse(text, subject_.language);
    if (!program) return false;
    // What was wrong kept the program from running: that it runs is the evidence.
    if (red_.run.findings.failures.empty() && !red_.run.diagnostics.empty()) return true;
    std::set<int> ran;
    for (const Piece& piece : probe(*program)) {
      ran.insert(piece.lines.begin(), piece.lines.end());
    }
    // No probe stands anywhere in it: that red became green by this change alone says enough.
    if (ran.empty()) return true;
    // The statement that holds the line begins at it or above it.
    const ChangedLines changed = changed_lines(text_, text);
    std::vector<int> lines = changed.in_after;
    if (lines.empty() && !changed.in_before.empty()) lines = {changed.in_before.front()};
    return std::any_of(lines.begin(), lines.end(), [&](int line) {
      const auto at = ran.upper_bound(line + 1);
      return at != ran.begin() && line - *std::prev(at) <= 4;
    });
  }

  void tell_apart(Report& report, const std::vector<std::string>& texts) {
    const Comparison comparison = compare(sandbox_, subject_, texts, end_);
    if (comparison.difference) {
      report.fixes = {report.fixes[comparison.difference->first],
                      report.fixes[comparison.difference->second]};
      for (Fix& fix : report.fixes) {
        fix.verified = Verified::no;
        fix.evidence += concat("; but another change passes as well, and they differ: ",
                               comparison.difference->telling);
      }
      return;
    }
    if (comparison.possible) {
      report.fixes.front().evidence +=
          concat("; ", texts.size() - 1, " other changes pass, and do the same on other inputs");
      report.fixes.resize(1);
      return;
    }
    for (Fix& fix : report.fixes) {
      if (fix.verified == Verified::yes) fix.verified = Verified::no;
      fix.evidence += "; other changes pass as well, and nothing tells them apart";
    }
  }

  const Subject& subject_;
  runner::Runner& sandbox_;
  const Options& options_;
  const std::string& text_;
  const Clock::time_point begin_ = Clock::now();
  const Clock::time_point end_;
  uint32_t quick_deadline_ms_ = first_deadline_ms;
  bool sanitized_ = false;
  bool rivals_sought_ = false;
  Trial red_;
};

}  // namespace

Result<Report> debug(const Subject& subject, runner::Runner& sandbox, const Options& options) {
  return Debugging(subject, sandbox, options).run();
}

}  // namespace lsp::features::debug
