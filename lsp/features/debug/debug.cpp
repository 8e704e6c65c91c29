// The order of things: the program is run until it has failed twice; a run with probes says which
// lines ran in what failed; small changes of these lines are tried, the likeliest first, quickly
// and in parallel; each that is green is run twice in full; and where several are, other inputs
// tell them apart. Every step has its share of the time, and what is found early is not lost when
// time is up.
#include "lsp/features/debug/debug.h"

#include <algorithm>
#include <future>

#include "engine/base/format.h"
#include "lsp/features/debug/found.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/pace.h"
#include "lsp/features/debug/prove.h"
#include "lsp/features/debug/search.h"
#include "lsp/features/debug/suspicion.h"
#include "lsp/text/utf8.h"
#include "sandbox/languages/absent.h"

namespace lsp::features::debug {
namespace {

using engine::base::concat;
using engine::base::Done;
using engine::base::fail;
using engine::base::Result;
using engine::base::Status;
using std::chrono::milliseconds;

// The whole; and of what is left when the search is over, for proving and comparing: where nothing
// was found before, and where something was.
constexpr milliseconds for_search{15'000}, for_proof{3'000}, for_comparison{6'500};
constexpr int runs_for_proof = 2, runs_for_comparison = 4;  // what they take more of slow ones
// In C++ as many as are compiled in half of the time.
constexpr size_t fewest_compiled = 250;
// For trying what a model has written, or for proving what was found late.
constexpr milliseconds for_rewrites{12'000};
// Left before the search's end so that lines of a model are worth asking for.
constexpr milliseconds for_lines{1'500};
constexpr uint32_t endless_ms = 1'500;  // for what is not known to end
constexpr double by_frame = 0.6;        // suspicion of the innermost frame's line; others fade
constexpr double frame_fading = 0.7;

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

using text::Counted;
using text::said;
using text::Sentence;

constexpr Counted all_pass = {{"its one test passes", "唯一的测试通过", "son seul test réussit",
                               "sein einziger Test besteht"},
                              {"all {count} tests pass", "全部 {count} 个测试通过",
                               "les {count} tests réussissent", "alle {count} Tests bestehen"}};
constexpr Sentence some_skipped = {
    "{passed} of {count} tests pass, and nothing is known of the rest: they were skipped{reason}",
    "{count} 个测试中有 {passed} 个通过，其余的被跳过，情况不明{reason}",
    "{passed} tests sur {count} réussissent, et rien n'est su des autres : ils ont été "
    "sautés{reason}",
    "{passed} von {count} Tests bestehen, und von den übrigen ist nichts bekannt: Sie wurden "
    "übersprungen{reason}"};
constexpr Sentence it_was_skipped = {"'{test}' was skipped{reason}", "“{test}”被跳过{reason}",
                                     "« {test} » a été sauté{reason}",
                                     "„{test}“ wurde übersprungen{reason}"};
constexpr Sentence it_passes = {"'{test}' passes", "“{test}”通过", "« {test} » réussit",
                                "„{test}“ besteht"};
constexpr Sentence it_runs = {"it runs without a failure", "运行没有出错",
                              "il s'exécute sans échec", "es läuft ohne Fehler"};
constexpr Sentence no_tests_found = {
    "; no tests of it were found, by their names, beside it or in a folder 'tests'",
    "；在它旁边或“tests”文件夹中没有按名称找到它的测试",
    " ; aucun test n'en a été trouvé, par son nom, à côté de lui ou dans un dossier « tests »",
    "; dazu wurden keine Tests gefunden, ihrem Namen nach, daneben oder in einem Ordner „tests“"};
constexpr Sentence only_part = {
    "it has no main function, and no tests of it were found: name its tests, or a command that "
    "builds and tests it",
    "它没有 main 函数，也没有找到它的测试：请指出它的测试，或构建并测试它的命令",
    "il n'a pas de fonction main, et aucun test n'en a été trouvé : nommez ses tests, ou une "
    "commande qui le construit et le teste",
    "es hat keine main-Funktion, und dazu wurden keine Tests gefunden: Nennen Sie seine Tests, "
    "oder einen Befehl, der es baut und prüft"};
constexpr Sentence without_input = {"it runs without a failure; its standard input was empty",
                                    "运行没有出错；它的标准输入是空的",
                                    "il s'exécute sans échec ; son entrée standard était vide",
                                    "es läuft ohne Fehler; seine Standardeingabe war leer"};
constexpr Sentence other_bytes = {"its text is not UTF-8, so that nothing of it is changed",
                                  "文本不是 UTF-8，因此不作任何修改",
                                  "son texte n'est pas en UTF-8, et rien n'y est changé",
                                  "sein Text ist nicht UTF-8, darum wird nichts daran geändert"};
constexpr Sentence by_chance = {
    "it failed once and not a second time: what depends on chance cannot be proved",
    "它失败了一次，第二次没有失败：取决于偶然的东西无法证明",
    "il a échoué une fois et pas la seconde : ce qui dépend du hasard ne se prouve pas",
    "es scheiterte einmal und nicht ein zweites Mal: Was vom Zufall abhängt, lässt sich nicht "
    "beweisen"};
constexpr Sentence nothing_brings = {"no change of the program brings what is missing",
                                     "缺少的东西不是修改程序能带来的",
                                     "aucun changement du programme n'apporte ce qui manque",
                                     "keine Änderung des Programms bringt, was fehlt"};
constexpr Sentence not_when_quick = {
    "a quick run does not show the failure", "快速运行时看不到这个失败",
    "une exécution rapide ne montre pas l'échec", "ein schneller Lauf zeigt das Scheitern nicht"};
constexpr Sentence changes_tried = {
    "tried {tried} of {all} changes", "试了 {all} 个修改中的 {tried} 个",
    "{tried} changements essayés sur {all}", "{tried} von {all} Änderungen versucht"};
constexpr Sentence one_takes = {" (one run takes {run})", "（运行一次需要 {run}）",
                                " (une exécution prend {run})", " (ein Lauf dauert {run})"};
constexpr Counted too_late = {
    {"; 1 passed once, and there was no time left to prove it",
     "；有 1 个通过了一次，但没有时间证明它",
     " ; 1 a réussi une fois, et le temps a manqué pour le prouver",
     "; 1 bestand einmal, und die Zeit reichte nicht, sie zu prüfen"},
    {"; {count} passed once, and there was no time left to prove them",
     "；有 {count} 个通过了一次，但没有时间证明它们",
     " ; {count} ont réussi une fois, et le temps a manqué pour les prouver",
     "; {count} bestanden einmal, und die Zeit reichte nicht, sie zu prüfen"}};
constexpr Counted functions_tried = {
    {", and 1 function of the model", "，以及模型写的 1 个函数", ", et 1 fonction du modèle",
     ", und 1 Funktion des Modells"},
    {", and {count} functions of the model", "，以及模型写的 {count} 个函数",
     ", et {count} fonctions du modèle", ", und {count} Funktionen des Modells"}};
constexpr Counted lines_tried = {
    {", and 1 line of the model", "，以及模型写的 1 行", ", et 1 ligne du modèle",
     ", und 1 Zeile des Modells"},
    {", and {count} lines of the model", "，以及模型写的 {count} 行",
     ", et {count} lignes du modèle", ", und {count} Zeilen des Modells"}};

// Whether a program reads what nobody types here, as a run has an empty standard input.
bool reads_input(std::string_view text) {
  static constexpr std::string_view words[] = {"stdin", "readFileSync(0", "std::cin", "scanf(",
                                               "getchar("};
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

// Whether all that differs from `text` stands within the range.
bool differs_within(std::string_view changed, std::string_view text, const text::Range& range) {
  return changed.size() >= range.begin + text.size() - range.end &&
         changed.starts_with(text.substr(0, range.begin)) &&
         changed.ends_with(text.substr(range.end));
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
              .begin = begin_,
              .end = begin_ + (options.search_ms ? milliseconds(*options.search_ms) : for_search)} {
  }

  Result<Report> run() {
    if (const auto possible = can_run(subject_); !possible) return possible.error();
    if (is_compiled(subject_) && options_.until == Options::Until::fixes) pace_.start_ahead();
    auto red = pace_.first_run();
    if (!red) return red.error();
    using runner::Verdict;
    const Verdict verdict = red->run.outcome.verdict;
    // Of a compiler that needs more time or memory nothing follows for the program.
    const bool needs_more = verdict == Verdict::timed_out || verdict == Verdict::out_of_memory;
    const bool compiling = is_compiled(subject_) && subject_.proof != Proof::command &&
                           needs_more && red->run.outcome.step == 0;
    if (verdict == Verdict::refused || verdict == Verdict::could_not_start || compiling) {
      return fail("cannot run '", subject_.tests, "': ", red->run.outcome.reason);
    }
    Report report;
    const auto status = narrow(*red);
    if (!status) return status.error();
    if (red->green) {
      report.note = all_is_well(*red);
      report.ms = ms_since(begin_);
      return report;
    }
    report.failure = found_in(subject_, *red, options_.tongue);
    report.hints = hints_of(*report.failure, subject_, options_.tongue);
    if (options_.on_failure) options_.on_failure(report);
    models_.ask_for_words(report);
    if (const auto why = why_not_so(subject_, *report.failure, options_.tongue)) {
      report.note = *why;
    } else if (report.failure->missing && report.failure->missing->meant.empty()) {
      report.note = say(nothing_brings);
    } else if (languages::absent_in(red->run.findings.failures) != languages::Absent::nothing) {
      report.note = say(nothing_brings);
    } else if (is_only_part(*red)) {
      report.note = say(only_part);
    } else if (options_.until == Options::Until::fixes) {
      mend(std::move(*red), report);
    }
    models_.add_words(report);
    report.model_note = models_.note();
    report.ms = ms_since(begin_);
    return report;
  }

 private:
  std::string say(const Sentence& sentence) const { return said(sentence, options_.tongue); }

  std::string tried_of(size_t tried, size_t all) const {
    return said(changes_tried, options_.tongue,
                {{"tried", std::to_string(tried)}, {"all", std::to_string(all)}});
  }

  std::string how_slow() const {
    const auto run_ms = static_cast<uint32_t>(red_.run.outcome.ms);
    return said(one_takes, options_.tongue, {{"run", seconds(run_ms)}});
  }

  // " (no way to run it)", in the words of what skipped the first of them; "" where it gave none.
  static std::string why_skipped(const Trial& trial) {
    for (const languages::Test& test : trial.run.findings.tests) {
      if (test.outcome != "skipped") continue;
      static constexpr std::string_view word = "Skipped: ";  // pytest's, in a tuple
      const size_t at = test.message.find(word);
      std::string reason =
          at == std::string::npos ? test.message : test.message.substr(at + word.size());
      reason = reason.substr(0, reason.find('\n'));
      if (at != std::string::npos) reason = reason.substr(0, reason.find_last_of("'\""));
      if (!reason.empty()) return concat(" (", reason, ")");
    }
    return "";
  }

  // Why there is nothing to mend.
  std::string all_is_well(const Trial& green) const {
    const std::string passed = std::to_string(green.passed());
    const text::Values values = {{"passed", passed},
                                 {"count", std::to_string(green.tests.size())},
                                 {"reason", why_skipped(green)},
                                 {"test", subject_.start ? subject_.start->test : ""}};
    if (!subject_.wanted.empty()) {
      const bool any = std::any_of(green.tests.begin(), green.tests.end(), [&](const auto& each) {
        return each.second == "passed" && is_of(each.first, *subject_.start);
      });
      return said(any ? it_passes : it_was_skipped, options_.tongue, values);
    }
    if (subject_.proof == Proof::tests && green.passed() < green.tests.size()) {
      return said(some_skipped, options_.tongue, values);
    }
    if (subject_.proof == Proof::tests) return said(all_pass, green.tests.size(), options_.tongue);
    if (reads_input(subject_.tests_text)) return say(without_input);
    const bool looked_for = subject_.proof == Proof::none && !subject_.start;
    return say(it_runs) + (looked_for ? say(no_tests_found) : "");
  }

  // C and C++: nothing is wrong with what others are linked with.
  bool is_only_part(const Trial& red) const {
    const bool no_main = red.run.compiler_output.find("reference to `main'") != std::string::npos;
    return no_main && subject_.own_tests() && subject_.proof != Proof::command;
  }

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

  void mend(Trial red, Report& report) {
    if (!text::is_valid_utf8(text_)) {
      report.note = say(other_bytes);
      return;
    }
    // What never ends would take the time of the search.
    if (never_ends(red.run.outcome)) runs_.full_deadline_ms = endless_ms;
    // Its frames are known by now: without the debugger.
    Version second = runs_.version(text_, is_compiled(subject_) ? Pace::quick : Pace::full);
    second.sanitized = true;
    auto repeated = std::async(std::launch::async,
                               [&] { return try_version(runs_.sandbox, subject_, second); });
    suspicion_ = suspicion(text_, red);
    const auto again = repeated.get();
    report.failure->reproduced = again && !again->green;
    if (!report.failure->reproduced) {
      report.note = say(by_chance);
      return;
    }
    red_ = std::move(red);
    find_fixes(report);
  }

  // Which lines ran in what failed, by a run with probes, and the failure's frames.
  std::map<int, double> suspicion(const std::string& text, const Trial& red) {
    std::map<int, double> lines;
    Version probed = runs_.version(text, is_compiled(subject_) ? Pace::quick : Pace::full);
    probed.sanitized = false;
    probed.deadline_ms = runs_.full_deadline_ms;
    const auto pieces = run_probes(runs_.sandbox, subject_, probed);
    const auto tests = parse(subject_.tests_text, subject_.language);
    lines = ochiai(pieces, red_lines(subject_, red),
                   tests ? cases_of(syntax::Nodes(*tests)) : std::map<int, int>(),
                   is_compiled(subject_) ? Ends::at_failure : Ends::later);
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

  void find_fixes(Report& report) {
    Clues clues{report.failure->type, report.failure->message, subject_.tests_text};
    const auto& missing = report.failure->missing;
    if (missing) clues.missing = missing->name, clues.meant = missing->meant;
    std::string text = text_;
    Trial red = red_;
    Search found;
    size_t changes_count = 0;
    if (!missing) models_.ask_for_functions(suspicion_);
    // A second round begins at the best improvement, where one change was not enough.
    for (int round = 0; round < 2; ++round) {
      const auto base = pace_.set(text, red);
      if (!base) {
        report.note = say(not_when_quick);
        return;
      }
      const auto suspected = round == 0 ? suspicion_ : suspicion(text, red);
      const auto half = Clock::now() + (runs_.end - Clock::now()) / 2;
      auto changes = ranked_edits(text, subject_.language, clues, suspected, half, options_.stop);
      const bool all_known = Clock::now() < half;
      if (options_.within) {
        std::erase_if(changes, [&](const RankedEdit& each) {
          return !differs_within(applied(text, each.edit), text_, *options_.within);
        });
      }
      if (missing && round == 0) {  // nothing else brings it
        std::erase_if(changes, [](const RankedEdit& each) { return each.edit.what != spelling; });
      }
      changes_count = changes.size();
      found = search_from(text, *base, changes, round);
      found.exhausted = found.exhausted && all_known;
      if (passes_by_chance(found)) {
        runs_.sanitized = true;
        --round;
        continue;
      }
      report.note = tried_of(found.tried, changes.size());
      if (runs_.is_slow() && found.tried < changes.size()) report.note += how_slow();
      if (!found.green.empty() || !found.improvement) break;
      if (round == 0) {
        text = found.improvement->text;
        auto now = try_version(runs_.sandbox, subject_, runs_.version(text, Pace::full));
        if (!now) return;
        red = std::move(*now);
        const Found next = found_in(subject_, red, options_.tongue);
        clues.type = next.type, clues.message = next.message;
      }
    }
    try_functions(found, text, report);
    if (found.green.empty() && !missing) try_lines(found, text, report);
    report.fixes = prove_in_time({red_, clues, found, changes_count, text}, report);
    for (Fix& fix : report.fixes) fix.ms = ms_since(begin_);
    if (report.fixes.empty() && missing) report.note = say(nothing_brings);
  }

  // What is found in the last moment is not thrown away for want of time, unless that was named.
  std::vector<Fix> prove_in_time(const Proving& proving, Report& report) {
    auto fixes = prove(runs_, proving);
    const bool late = fixes.empty() && !proving.found.green.empty() && runs_.is_over();
    if (!late || options_.stop.stop_requested()) return fixes;
    if (!options_.search_ms) {
      runs_.end = Clock::now() + runs_.with_slow_runs(for_rewrites, runs_for_comparison);
      fixes = prove(runs_, proving);
    }
    if (fixes.empty() && runs_.is_over()) {
      report.note += said(too_late, proving.found.green.size(), options_.tongue);
    }
    return fixes;
  }

  // Who has a change that passes waits for no more. What passes is held against that as well.
  void try_functions(Search& found, std::string& text, Report& report) {
    const auto written = models_.functions(found.green.empty() ? options_.rewrites_ms : 0);
    if (!written) return;
    report.note += said(functions_tried, written->size(), options_.tongue);
    if (written->empty()) return;
    runs_.end = std::max(runs_.end, Clock::now() + for_rewrites);
    try_written(*written, found, text);
  }

  // Where small changes were all tried: what a model has in the place of suspicious lines.
  void try_lines(Search& found, std::string& text, Report& report) {
    const auto until = runs_.end - runs_.with_slow_runs(for_proof, runs_for_proof) - for_lines;
    if (options_.within || Clock::now() > until) return;
    const auto written = models_.lines(suspicion_, until);
    if (written.empty()) return;
    report.note += said(lines_tried, written.size(), options_.tongue);
    try_written(written, found, text);
  }

  void try_written(const std::vector<RankedEdit>& written, Search& found, std::string& text) {
    const auto base = pace_.set(text_, red_);
    if (!base) return;
    const Search more = search_from(text_, *base, written, 1);
    found.tried += more.tried;
    if (!more.green.empty() && found.green.empty()) text = text_;
    found.green.insert(found.green.begin(), more.green.begin(), more.green.end());
  }

  // As with memory that nobody has set: then the sanitizers alone tell what is right.
  bool passes_by_chance(const Search& found) const {
    return is_compiled(subject_) && !runs_.sanitized && found.by_chance >= 12 &&
           found.by_chance * 3 > found.tried;
  }

  Search search_from(const std::string& text, const Trial& base,
                     const std::vector<RankedEdit>& changes, int round) {
    SearchLimits limits{.deadline = runs_.end - runs_.with_slow_runs(for_proof, runs_for_proof),
                        .most_green = runs_.batches ? size_t{12} : size_t{4},
                        .batches = runs_.batches,
                        .workers = options_.workers,
                        .stop = options_.stop};
    if (is_compiled(subject_)) limits.least_tried = fewest_compiled;
    limits.screened = is_compiled(subject_) && runs_.batches && !runs_.sanitized;
    limits.deadline_for_rivals =
        runs_.end - runs_.with_slow_runs(for_comparison, runs_for_comparison);
    // Of slow runs there are too few to try everything that may pass as well.
    const bool too_slow = changes.size() * runs_.slow_ms / options_.workers > runs_.left_ms();
    if (too_slow && !runs_.batches) limits.most_green = 1;
    limits.on_tried = [this, all = changes.size()](size_t tried) {
      runs_.tell(tried_of(tried, all));
    };
    const auto share = round == 0 ? (limits.deadline - Clock::now()) / 2 : milliseconds(0);
    limits.deadline_after_improvement = limits.deadline - share;
    const Version kind = runs_.version(text, Pace::quick);
    return search(runs_.sandbox, subject_, changes, base, kind, limits);
  }

  Subject subject_;
  const Options& options_;
  const std::string& text_;
  const Clock::time_point begin_ = Clock::now();
  Runs runs_;
  Pacemaker pace_{runs_};
  ModelWork models_{subject_, options_};
  std::map<int, double> suspicion_;  // of the program's lines
  Trial red_;
};

}  // namespace

Result<Report> debug(const Subject& subject, runner::Runner& sandbox, const Options& options) {
  return Debugging(subject, sandbox, options).run();
}

}  // namespace lsp::features::debug
