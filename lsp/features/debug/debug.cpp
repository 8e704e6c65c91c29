// The order of things: the program is run until it has failed twice; a run with probes says which
// lines ran in what failed; small changes of these lines are tried, the likeliest first, quickly
// and in parallel; each that is green is run twice in full; and where several are, other inputs
// tell them apart. Every step has its share of the time, and what is found early is not lost when
// time is up.
#include "lsp/features/debug/debug.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/batch.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/protect.h"
#include "lsp/features/debug/prove.h"
#include "lsp/features/debug/search.h"
#include "lsp/features/debug/suspicion.h"

namespace lsp::features::debug {
namespace {

namespace fs = std::filesystem;

using engine::base::concat;
using engine::base::Done;
using engine::base::fail;
using engine::base::Result;
using engine::base::Status;
using std::chrono::milliseconds;

// Of what is left when the search is over, for proving and comparing: where nothing was found
// before, and where something was.
constexpr milliseconds for_proof{3'000}, for_comparison{6'500};
constexpr uint32_t start_ms = 400;     // of an interpreter, on a busy machine
constexpr uint32_t in_batch_ms = 300;  // for one version
// In C++ as many as are compiled in half of the time.
constexpr size_t fewest_compiled = 250;
// For trying what a model has written, and for proving that.
constexpr milliseconds for_rewrites{12'000};
constexpr std::string_view rewritten_function = "rewritten function";
constexpr double likeliest = 1e3;  // a model that was asked to mend knows more than a rule
constexpr double by_frame = 0.6;   // suspicion of the innermost frame's line; others fade
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
    const bool asked = !subject.start || subject.wanted.empty() || is_of(name, *subject.start);
    if (asked && (outcome == "failed" || outcome == "error")) found.red.push_back(name);
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

// Whether all that differs from `text` stands within the range.
bool differs_within(std::string_view changed, std::string_view text, const text::Range& range) {
  return changed.size() >= range.begin + text.size() - range.end &&
         changed.starts_with(text.substr(0, range.begin)) &&
         changed.ends_with(text.substr(range.end));
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

// Why no change of a program can help whose tests get another module by its name.
std::optional<std::string> mistaken_for(const Subject& subject, const Found& found) {
  const fs::path file = subject.question.file;
  const std::string from = concat("from '", file.stem().string(), "' (");
  const size_t at = found.message.find(from);
  if (subject.language != syntax::Language::python || at == std::string::npos) return std::nullopt;
  const size_t begin = at + from.size();
  const std::string other = found.message.substr(begin, found.message.find(')', begin) - begin);
  const bool own = other == file.string() || other == program_path(subject, file.string());
  if (own || !other.starts_with('/')) return std::nullopt;
  return concat("the tests get ", other, " in its place, which has the same name: rename ",
                file.filename().string());
}

class Debugging {
 public:
  Debugging(const Subject& subject, runner::Runner& sandbox, const Options& options)
      : subject_(subject),
        options_(options),
        text_(subject_.question.text),
        runs_{.subject = subject_,
              .sandbox = sandbox,
              .options = options,
              .end = begin_ + milliseconds(options.search_ms)} {}

  ~Debugging() {
    ahead_stop_.request_stop();
    rewrites_stop_.request_stop();
  }

  Result<Report> run() {
    if (is_compiled() && options_.until == Options::Until::fixes) start_ahead();
    auto red = try_version(runs_.sandbox, subject_, runs_.version(text_, Pace::full));
    if (!red) return red.error();
    using runner::Verdict;
    const Verdict verdict = red->run.outcome.verdict;
    if (verdict == Verdict::refused || verdict == Verdict::could_not_start) {
      return fail("cannot run '", subject_.tests, "': ", red->run.outcome.reason);
    }
    Report report;
    const auto status = narrow(*red);
    if (!status) return status.error();
    if (red->green) {
      report.note = !subject_.wanted.empty() ? concat("'", subject_.start->test, "' passes")
                    : subject_.proof == Proof::tests
                        ? concat("all ", red->tests.size(), " tests pass")
                        : "it runs without a failure";
      report.ms = ms_since(begin_);
      return report;
    }
    report.failure = found_in(subject_, *red);
    report.hints = hints_of(*report.failure, subject_.question.file, text_, options_.tongue);
    if (options_.on_failure) options_.on_failure(report);
    if (const auto why = mistaken_for(subject_, *report.failure)) {
      report.note = *why;
      report.ms = ms_since(begin_);
      return report;
    }
    if (options_.until == Options::Until::failure) {
      report.ms = ms_since(begin_);
      return report;
    }
    // Its frames are known by now: without the debugger.
    Version second = runs_.version(text_, is_compiled() ? Pace::quick : Pace::full);
    second.sanitized = true;
    auto repeated = std::async(std::launch::async,
                               [&] { return try_version(runs_.sandbox, subject_, second); });
    suspicion_ = suspicion(text_, *red);
    const auto again = repeated.get();
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
  // Where one test is asked about, to what is of it. Nothing else is to be mended, or broken.
  Status narrow(Trial& red) {
    if (!subject_.start || subject_.start->test.empty()) return Done{};
    const Start& start = *subject_.start;
    bool passes = true, any = false;
    for (const auto& [name, outcome] : red.tests) {
      const bool asked = is_of(name, start);
      if (asked || outcome == "passed") subject_.wanted.insert(plain_name(name));
      any = any || asked;
      passes = passes && (!asked || outcome == "passed" || outcome == "skipped");
    }
    if (!any) {
      subject_.wanted.clear();
      // Where the run never came so far, what kept it is to be mended.
      const bool came = !red.tests.empty() && !red.run.findings.token.empty();
      return came ? fail("the run knows no test named '", start.test, "'") : Status(Done{});
    }
    red.green = passes;
    keep_failures_of(start, red.run.findings.failures);
    return Done{};
  }

  // Those whose outermost frame in the tests is in the test.
  void keep_failures_of(const Start& start, std::vector<languages::Failure>& failures) const {
    std::vector<languages::Failure> kept;
    for (const languages::Failure& failure : failures) {
      const auto outermost =
          std::find_if(failure.frames.begin(), failure.frames.end(),
                       [&](const languages::Frame& frame) { return frame.file == subject_.tests; });
      if (outermost == failure.frames.end()) continue;
      const auto line = static_cast<size_t>(outermost->line);
      if (start.begin < line && line <= start.end) kept.push_back(failure);
    }
    if (!kept.empty()) failures = std::move(kept);
  }

  bool is_compiled() const {
    return subject_.language == syntax::Language::cpp || subject_.language == syntax::Language::c;
  }

  // Which lines ran in what failed, by a run with probes, and the failure's frames.
  std::map<int, double> suspicion(const std::string& text, const Trial& red) {
    std::map<int, double> lines;
    Version probed = runs_.version(text, is_compiled() ? Pace::quick : Pace::full);
    probed.sanitized = false;
    probed.deadline_ms = runs_.full_deadline_ms;
    const auto pieces = run_probes(runs_.sandbox, subject_, probed);
    const auto tests = parse(subject_.tests_text, subject_.language);
    lines = ochiai(pieces, red_lines(subject_, red),
                   tests ? cases_of(syntax::Nodes(*tests)) : std::map<int, int>(),
                   is_compiled() ? Ends::at_failure : Ends::later);
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

  // Compiles the headers, and then the program as a batch, while the failure is looked at: where
  // that shows it, the search can begin at once.
  void start_ahead() {
    ahead_ = std::async(std::launch::async, [this] {
      Ahead made;
      Version version = batch_version(text_, "");
      version.stop = ahead_stop_.get_token();
      made.headers = precompiled(runs_.sandbox, subject_, version);
      version.headers = made.headers;
      made.base = try_batch(runs_.sandbox, subject_, {{text_}}, version)[0];
      return made;
    });
  }

  Version batch_version(const std::string& text, const char* checks) const {
    Version version{.text = text, .pace = Pace::quick, .sanitized = runs_.sanitized};
    version.checks = checks;
    version.deadline_ms = in_batch_ms;
    version.batch_ms = runs_.full_deadline_ms;
    version.stop = options_.stop;
    return version;
  }

  // How a version is tried quickly, and the program's own trial that way.
  std::optional<Trial> quick_base(const std::string& text) {
    if (is_compiled() && has_batches(subject_) && red_.run.diagnostics.empty()) {
      if (auto trial = compiled_base(text)) return trial;
    }
    return base_alone(text);
  }

  // In batches: without sanitizers, or with as few as show the failure.
  std::optional<Trial> compiled_base(const std::string& text) {
    const auto& failures = red_.run.findings.failures;
    const bool undefined = !failures.empty() && failures[0].type == "undefined-behavior";
    const char* first = undefined ? "undefined" : "address";
    const char* second = undefined ? "address" : "undefined";
    runs_.quick_deadline_ms = in_batch_ms;
    runs_.batches = true;
    for (const char* checks : {"none", first, second, ""}) {
      const bool none = std::string_view(checks) == "none";
      if (none && runs_.sanitized) continue;
      runs_.sanitized = !none;
      runs_.checks = none ? "" : checks;
      std::optional<Trial> trial;
      if (none && ahead_.valid()) {
        Ahead ahead = ahead_.get();
        unchecked_headers_ = runs_.headers = ahead.headers;
        trial = std::move(ahead.base);
      } else {
        Version version = batch_version(text, none ? "" : checks);
        runs_.headers = none ? unchecked_headers_ : precompiled(runs_.sandbox, subject_, version);
        version.headers = runs_.headers;
        trial = try_batch(runs_.sandbox, subject_, {{text}}, version)[0];
      }
      if (!trial) break;
      if (!trial->green) return trial;
    }
    runs_.batches = false;
    return std::nullopt;
  }

  std::optional<Trial> base_alone(const std::string& text) {
    const auto begin = Clock::now();
    auto trial = try_version(runs_.sandbox, subject_, runs_.version(text, Pace::quick));
    const auto ms = static_cast<uint32_t>(ms_since(begin));
    if (!trial) return std::nullopt;
    if (trial->green && is_compiled() && !runs_.sanitized) {  // only the sanitizers see it
      runs_.sanitized = true;
      return base_alone(text);
    }
    if (trial->green) return std::nullopt;
    const bool endless = trial->run.outcome.verdict == runner::Verdict::timed_out;
    const uint32_t alone_ms = (endless ? 0 : 4 * ms) + (is_compiled() ? 3'000 : 600);
    // Of a batch's version alone: its interpreter runs already.
    const uint32_t slow_ms = endless || ms < start_ms ? 0 : ms - start_ms;
    runs_.quick_deadline_ms = in_batch_ms + 2 * slow_ms;
    runs_.batches = !is_compiled() && has_batches(subject_) && says_the_same(text, *trial);
    if (!runs_.batches) runs_.quick_deadline_ms = alone_ms;
    return std::move(*trial);
  }

  // Whether a batch finds of the program what a run alone does.
  bool says_the_same(const std::string& text, const Trial& alone) {
    const Trials trials =
        try_batch(runs_.sandbox, subject_, {{text}}, runs_.version(text, Pace::quick));
    return trials[0] && trials[0]->green == alone.green && trials[0]->tests == alone.tests;
  }

  void find_fixes(Report& report) {
    const Clues clues{report.failure->type, report.failure->message, subject_.tests_text};
    std::string text = text_;
    Trial red = red_;
    Search found;
    size_t candidates_count = 0;
    ask_for_rewrites();
    // A second round begins at the best improvement, where one change was not enough.
    for (int round = 0; round < 2; ++round) {
      const auto base = quick_base(text);
      if (!base) {
        report.note = "a quick run does not show the failure";
        return;
      }
      const auto suspected = round == 0 ? suspicion_ : suspicion(text, red);
      auto candidates = candidates_of(text, subject_.language, clues, suspected);
      if (options_.within) {
        std::erase_if(candidates, [&](const Candidate& candidate) {
          return !differs_within(candidate.text, text_, *options_.within);
        });
      }
      candidates_count = candidates.size();
      found = search_from(text, *base, candidates, round);
      if (passes_by_chance(found)) {
        runs_.sanitized = true;
        --round;
        continue;
      }
      report.note = concat("tried ", found.tried, " of ", candidates.size(), " changes");
      if (!found.green.empty() || !found.improvement) break;
      if (round == 0) {
        text = found.improvement->text;
        auto now = try_version(runs_.sandbox, subject_, runs_.version(text, Pace::full));
        if (!now) return;
        red = std::move(*now);
      }
    }
    try_rewrites(found, text, report);
    report.fixes = prove(runs_, {red_, clues, found, candidates_count, text});
    for (Fix& fix : report.fixes) fix.ms = ms_since(begin_);
  }

  // The outermost one around the line that is suspected most; none that a fix must leave alone.
  std::optional<text::Range> suspected_function() const {
    const auto tree = parse(text_, subject_.language);
    if (!tree) return std::nullopt;
    const syntax::Nodes nodes(*tree);
    const auto kept = protected_ranges(nodes);
    const text::Document& document = tree->document();
    std::optional<text::Range> function;
    double highest = 0;
    for (size_t node = nodes.size(); node-- > 1;) {
      const text::Range& range = nodes[node].range;
      const bool is_kept = std::any_of(kept.begin(), kept.end(), [&](const text::Range& each) {
        return each.begin <= range.begin && range.end <= each.end;
      });
      if (is_kept || role_of(nodes[node].kind) != Role::function) continue;
      double suspect = 0;
      for (const auto& [line, of_line] : suspicion_) {
        const auto at = static_cast<size_t>(line) - 1;
        const bool within =
            document.line_at(range.begin) <= at && at <= document.line_at(range.end);
        if (within) suspect = std::max(suspect, of_line);
      }
      if (suspect == 0 || suspect < highest) continue;
      highest = suspect;
      function = range;
    }
    return function;
  }

  void ask_for_rewrites() {
    if (!options_.rewrites) return;
    rewritten_ = suspected_function();
    if (!rewritten_) return;
    rewrites_ =
        std::async(std::launch::async, options_.rewrites, *rewritten_, rewrites_stop_.get_token());
  }

  // Who has a change that passes waits for no more. What passes is held against that as well.
  void try_rewrites(Search& found, std::string& text, Report& report) {
    if (!rewrites_.valid()) return;
    const auto until = Clock::now() + milliseconds(found.green.empty() ? options_.rewrites_ms : 0);
    while (rewrites_.wait_for(milliseconds(20)) != std::future_status::ready) {
      if (options_.stop.stop_requested() || Clock::now() > until) return;
    }
    std::vector<Candidate> candidates;
    for (const std::string& function : rewrites_.get()) {
      std::string version = text_;
      version.replace(rewritten_->begin, rewritten_->end - rewritten_->begin, function);
      if (version != text_) candidates.push_back({version, rewritten_function, likeliest, true});
    }
    report.note += concat(", and ", candidates.size(), " functions of the model");
    if (candidates.empty()) return;
    runs_.end = std::max(runs_.end, Clock::now() + for_rewrites);
    const auto base = quick_base(text_);
    if (!base) return;
    const Search more = search_from(text_, *base, candidates, 1);
    found.tried += more.tried;
    if (!more.green.empty() && found.green.empty()) text = text_;
    found.green.insert(found.green.begin(), more.green.begin(), more.green.end());
  }

  // As with memory that nobody has set: then the sanitizers alone tell what is right.
  bool passes_by_chance(const Search& found) const {
    return is_compiled() && !runs_.sanitized && found.by_chance >= 12 &&
           found.by_chance * 3 > found.tried;
  }

  Search search_from(const std::string& text, const Trial& base,
                     const std::vector<Candidate>& candidates, int round) {
    SearchLimits limits{.deadline = runs_.end - for_proof,
                        .most_green = runs_.batches ? size_t{12} : size_t{4},
                        .batches = runs_.batches,
                        .workers = options_.workers,
                        .stop = options_.stop};
    if (is_compiled()) limits.least_tried = fewest_compiled;
    limits.screened = is_compiled() && runs_.batches && !runs_.sanitized;
    limits.deadline_for_rivals = runs_.end - for_comparison;
    const auto share = round == 0 ? (limits.deadline - Clock::now()) / 2 : milliseconds(0);
    limits.deadline_after_improvement = limits.deadline - share;
    const Version kind = runs_.version(text, Pace::quick);
    return search(runs_.sandbox, subject_, candidates, base, kind, limits);
  }

  Subject subject_;
  const Options& options_;
  const std::string& text_;
  const Clock::time_point begin_ = Clock::now();
  Runs runs_;
  // What is made while the failure is looked at, without sanitizers.
  struct Ahead {
    std::shared_ptr<const Headers> headers;
    std::optional<Trial> base;
  };
  std::stop_source ahead_stop_;
  const std::stop_callback<std::function<void()>> stops_ahead_{
      options_.stop, [this] { ahead_stop_.request_stop(); }};
  std::future<Ahead> ahead_;
  std::shared_ptr<const Headers> unchecked_headers_;
  std::map<int, double> suspicion_;  // of the program's lines
  // What a model was asked for, and where in the program that is.
  std::stop_source rewrites_stop_;
  std::optional<text::Range> rewritten_;
  std::future<std::vector<std::string>> rewrites_;
  Trial red_;
};

}  // namespace

Result<Report> debug(const Subject& subject, runner::Runner& sandbox, const Options& options) {
  return Debugging(subject, sandbox, options).run();
}

}  // namespace lsp::features::debug
