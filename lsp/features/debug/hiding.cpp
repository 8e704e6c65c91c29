#include "lsp/features/debug/hiding.h"

#include <algorithm>
#include <future>

#include "lsp/features/debug/diff.h"
#include "lsp/features/debug/suspicion.h"

namespace lsp::features::debug {
namespace {

constexpr size_t at_once = 2;
constexpr size_t most_judged = 12;

// In order of how little they hide. other_output: what it had printed before it failed is another.
enum class Hides { nothing, failing_line, other_output, all };

int lines_in(std::string_view text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

// Where the program's line `line` is in a changed version: the first and the last line it may be.
std::pair<int, int> lines_after(const std::string& before, const std::string& after, int line) {
  const Differing change = differing(before, after);
  const int first = 1 + lines_in(std::string_view(before).substr(0, change.begin));
  const int last = 1 + lines_in(std::string_view(before).substr(0, change.before_end));
  const int more = lines_in(after) - lines_in(before);
  // What is inserted before a line's first character stands before that line.
  const bool above = change.begin == change.before_end &&
                     (change.begin == 0 || before[change.begin - 1] == '\n') && line == first;
  if (line > last || above) return {line + more, line + more};
  if (line < first) return {line, line};
  return {first, std::max(first, last + more)};
}

class Judge {
 public:
  Judge(const Runs& runs, const Proving& proving) : runs_(runs), proving_(proving) {
    for (const auto& failure : proving.red.run.findings.failures) {
      for (const auto& frame : failure.frames) {
        if (frame.file == runs.subject.question.file) line_ = frame.line;
      }
      break;
    }
    for (const auto& diagnostic : proving.red.run.diagnostics) {
      const bool own = diagnostic.file == runs.subject.question.file;
      if (line_ == 0 && own && diagnostic.severity == "error") line_ = diagnostic.line;
    }
  }

  bool can_judge() const { return line_ > 0; }

  Hides judge(const Green& green) const {
    const std::string& before = runs_.subject.question.text;
    const std::string& after = green.candidate.text;
    auto [first, last] = lines_after(before, after, line_);
    // As it was, among what is changed: that line, and not its neighbours.
    for (int line = first; first < last && line <= last; ++line) {
      if (line_of(after, line) == line_of(before, line_)) first = last = line;
    }
    Version version = runs_.version(after, Pace::quick);
    version.deadline_ms = runs_.full_deadline_ms;
    const int probed = probed_line(after, first);
    bool runs = probed == 0;
    for (const Piece& piece : run_probes(runs_.sandbox, runs_.subject, version)) {
      const auto at = piece.lines.lower_bound(std::min(first, probed));
      runs = runs || (at != piece.lines.end() && *at <= last);
    }
    const Differing change = differing(before, after);
    const bool adds = change.begin == change.before_end;
    const bool takes_away =
        green.candidate.what == "superfluous statement" && is_changed(before, after);
    if ((!runs && !adds) || takes_away || is_comment(after, first)) return Hides::all;
    if (has_other_output(after)) return Hides::other_output;
    return runs ? Hides::nothing : Hides::failing_line;
  }

 private:
  // The line of the probe that tells whether a line has run; 0: nothing tells.
  int probed_line(const std::string& text, int line) const {
    const auto tree = parse(text, runs_.subject.language);
    const auto at = static_cast<size_t>(line - 1);
    if (!tree || at >= tree->document().line_count()) return 0;
    const size_t begin = tree->document().line_range(at).begin;
    return statement_line(syntax::Nodes(*tree), *grammar_of(runs_.subject.language),
                          std::min(text.find_first_not_of(" \t", begin), text.size()));
  }

  // Whether what failed is itself another text.
  bool is_changed(const std::string& before, const std::string& after) const {
    const auto changed = changed_lines(before, after).in_before;
    return std::find(changed.begin(), changed.end(), line_) != changed.end();
  }

  // What failed was none.
  bool is_comment(const std::string& text, int line) const {
    const std::string_view words = line_of(text, line);
    const bool python = runs_.subject.language == syntax::Language::python;
    const size_t at = words.find_first_not_of(" \t");
    return at != words.npos && words.substr(at).starts_with(python ? "#" : "//");
  }

  // What it had said before it failed.
  bool has_other_output(const std::string& after) const {
    const std::string said = proving_.red.run.outcome.output.text();
    if (said.empty()) return false;
    const auto trial = try_version(runs_.sandbox, runs_.subject, runs_.version(after, Pace::quick));
    return trial && !trial->run.outcome.output.text().starts_with(said);
  }

  const Runs& runs_;
  const Proving& proving_;
  int line_ = 0;
};

}  // namespace

std::vector<const Green*> without_hiding(const Runs& runs, const Proving& proving,
                                         std::vector<const Green*> green) {
  const Judge judge(runs, proving);
  if (runs.subject.proof != Proof::none || !judge.can_judge()) return green;
  std::vector<std::pair<Hides, const Green*>> judged;
  green.resize(std::min(green.size(), most_judged));
  for (size_t from = 0; from < green.size(); from += at_once) {
    std::vector<std::future<Hides>> answers;
    for (size_t i = from; i < std::min(from + at_once, green.size()) && !runs.is_over(); ++i) {
      answers.push_back(std::async(std::launch::async, [&, i] { return judge.judge(*green[i]); }));
    }
    for (size_t i = 0; i < answers.size(); ++i)
      judged.emplace_back(answers[i].get(), green[from + i]);
  }
  const bool any = std::any_of(judged.begin(), judged.end(),
                               [](const auto& each) { return each.first < Hides::other_output; });
  std::erase_if(judged, [&](const auto& each) {
    return each.first == Hides::all || (any && each.first == Hides::other_output);
  });
  std::stable_sort(judged.begin(), judged.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const Green*> kept;
  for (const auto& [hides, each] : judged) kept.push_back(each);
  return kept;
}

}  // namespace lsp::features::debug
