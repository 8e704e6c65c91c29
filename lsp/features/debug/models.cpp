#include "lsp/features/debug/models.h"

#include <algorithm>
#include <set>

#include "engine/base/format.h"
#include "lsp/features/debug/debug.h"
#include "lsp/features/debug/grammar.h"
#include "lsp/features/debug/grounded.h"
#include "lsp/features/debug/protect.h"
#include "lsp/features/debug/search.h"

namespace lsp::features::debug {
namespace {

using engine::base::concat;
using engine::base::Result;
using std::chrono::milliseconds;

constexpr double likeliest = 1e3;  // a model that was asked to mend knows more than a rule
constexpr size_t most_lines = 8;
// Waited for the words of a model once the search is over, which it has had as well: where there
// is a fix, and where there is none, and where nothing else was asked for.
constexpr uint32_t words_beside_fix_ms = 3'000;
constexpr uint32_t words_ms = 10'000;
constexpr uint32_t words_alone_ms = 60'000;

// The outermost one around the line that is suspected most; none that a fix must leave alone.
std::optional<text::Range> suspected_function(const Subject& subject,
                                              const std::map<int, double>& suspicion) {
  const auto tree = parse(subject.question.text, subject.language);
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
    for (const auto& [line, of_line] : suspicion) {
      const auto at = static_cast<size_t>(line) - 1;
      const bool within = document.line_at(range.begin) <= at && at <= document.line_at(range.end);
      if (within) suspect = std::max(suspect, of_line);
    }
    if (suspect == 0 || suspect < highest) continue;
    highest = suspect;
    function = range;
  }
  return function;
}

// The lines that are suspected most, the first first.
std::vector<std::pair<int, double>> most_suspected(const std::map<int, double>& suspicion) {
  std::vector<std::pair<int, double>> lines(suspicion.begin(), suspicion.end());
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (lines.size() > most_lines) lines.resize(most_lines);
  return lines;
}

// Without the newline; empty past the end, and for lines that hold nothing.
text::Range content_of_line(const std::string& text, int line) {
  size_t begin = 0;
  for (int i = 1; i < line; ++i) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) return {text.size(), text.size()};
    begin = end + 1;
  }
  const size_t end = std::min(text.find('\n', begin), text.size());
  return {std::min(text.find_first_not_of(" \t", begin), end), end};
}

}  // namespace

bool ModelWork::wait(const std::function<bool()>& is_ready, uint32_t ms) const {
  const auto until = Clock::now() + milliseconds(ms);
  while (!is_ready()) {
    if (options_.stop.stop_requested() || Clock::now() > until) return false;
  }
  return true;
}

void ModelWork::failed(const std::string& why) {
  if (stop_.stop_requested() || options_.stop.stop_requested() || !note_.empty()) return;
  note_ = concat("the model could not be asked, and has no part in this: ", why);
}

void ModelWork::ask_for_words(const Report& report) {
  if (!options_.models.words) return;
  words_ = std::async(std::launch::async, options_.models.words, report, stop_.get_token());
}

void ModelWork::ask_for_functions(const std::map<int, double>& suspicion) {
  if (!options_.models.rewrites) return;
  function_ = suspected_function(subject_, suspicion);
  if (!function_) return;
  functions_ =
      std::async(std::launch::async, options_.models.rewrites, *function_, stop_.get_token());
}

std::optional<std::vector<RankedEdit>> ModelWork::functions(uint32_t wait_ms) {
  if (!functions_.valid()) return std::nullopt;
  const auto is_ready = [&] {
    return functions_.wait_for(milliseconds(20)) == std::future_status::ready;
  };
  if (!wait(is_ready, wait_ms)) return std::nullopt;
  const auto written = functions_.get();
  if (!written) {
    failed(written.message());
    return std::nullopt;
  }
  std::vector<RankedEdit> changes;
  for (const std::string& function : *written) {
    const Edit edit{*function_, function, rewritten_function, likeliest, likeliest};
    if (applied(subject_.question.text, edit) == subject_.question.text) continue;
    changes.push_back({edit, true});
  }
  return changes;
}

void ModelWork::add_line(const std::string& before, const std::string& after, double score,
                         std::vector<RankedEdit>& changes) {
  const auto texts = options_.models.infills(before, after, stop_.get_token());
  if (!texts) return failed(texts.message());
  for (const std::string& text : *texts) {
    const std::string version = concat(before, text, after);
    const bool known = std::any_of(changes.begin(), changes.end(), [&](const RankedEdit& change) {
      return change.edit.text == version;
    });
    const text::Range whole{0, subject_.question.text.size()};
    if (!known) changes.push_back({{whole, version, rewritten_line, score, score}, true});
  }
}

std::vector<RankedEdit> ModelWork::lines(const std::map<int, double>& suspicion,
                                         Clock::time_point until) {
  std::vector<RankedEdit> changes;
  if (!options_.models.infills) return changes;
  const std::string& text = subject_.question.text;
  const std::stop_callback on_stop(options_.stop, [this] { stop_.request_stop(); });
  for (const auto& [line, suspect] : most_suspected(suspicion)) {
    const text::Range range = content_of_line(text, line);
    if (range.begin == range.end) continue;
    const size_t begin = text.rfind('\n', range.begin) + 1;  // npos + 1 is 0
    const std::string before = text.substr(0, range.begin);
    // In its place, and before it.
    for (const std::string& after : {text.substr(range.end), "\n" + text.substr(begin)}) {
      if (Clock::now() > until || stop_.stop_requested() || !note_.empty()) return changes;
      add_line(before, after, suspect, changes);
    }
  }
  std::erase_if(changes, [&](const RankedEdit& each) { return each.edit.text == text; });
  return changes;
}

void ModelWork::add_words(Report& report) {
  if (!words_.valid()) return;
  const bool alone = options_.until == Options::Until::failure;
  const auto is_ready = [&] {
    return words_.wait_for(milliseconds(20)) == std::future_status::ready;
  };
  const uint32_t beside_ms = report.fixes.empty() ? words_ms : words_beside_fix_ms;
  if (!wait(is_ready, alone ? words_alone_ms : beside_ms)) return;
  const auto words = words_.get();
  if (!words) return failed(words.message());
  const Ground ground(*report.failure, subject_, options_.tongue);
  const int line = report.hints.empty() ? 0 : report.hints.front().line;
  std::vector<Hint> hints;
  for (const Hint& hint : report.hints) {
    hints.push_back(hint);
    const std::string& said = hint.step == "what" ? words->what : words->how;
    if (hint.step == "where") continue;
    const std::string kept = ground.of(said, hint.step == "what" ? 1 : 3, report.fixes);
    if (!kept.empty())
      hints.push_back({hint.step, said_by_model(kept, options_.tongue), line, true});
  }
  report.hints = std::move(hints);
}

}  // namespace lsp::features::debug
