// The innermost frame has the error; the others say that it came through them, and each points to
// the others. What is shown of values came from a program that may say anything: in hovers it
// stands in fences that it cannot close.
#include "lsp/server/findings.h"

#include <algorithm>
#include <tuple>

#include "engine/base/format.h"
#include "lsp/server/evidence.h"
#include "lsp/server/feature.h"
#include "lsp/text/uri.h"
#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

using base::concat;

constexpr size_t most_inlay_bytes = 100;
constexpr size_t most_value_bytes = 400;
constexpr uint32_t past_the_end = 1000;

using text::said;
using text::Sentence;

constexpr Sentence no_fix = {"No fix: {note}", "没有修正：{note}", "Pas de correction : {note}",
                             "Keine Korrektur: {note}"};
constexpr Sentence failing_tests = {"Tests that fail:", "失败的测试：",
                                    "Tests en échec :", "Tests, die scheitern:"};
constexpr Sentence in_line = {"Line {line}:", "第 {line} 行：", "Ligne {line} :", "Zeile {line}:"};
constexpr Sentence nothing_known = {"nothing that would mend it is known", "不知道怎样能修正它",
                                    "on ne connaît rien qui le corrigerait",
                                    "nichts ist bekannt, was es beheben würde"};
constexpr Sentence comes_through = {"{type} comes through here", "{type} 经过这里",
                                    "{type} passe par ici", "{type} kommt hier durch"};
constexpr Sentence fails_here = {"it fails here", "在这里失败", "l'échec est ici",
                                 "hier scheitert es"};
constexpr Sentence through_here = {"through here", "经过这里", "par ici", "hier hindurch"};
constexpr Sentence in_function = {", in {function}", "，在 {function} 中", ", dans {function}",
                                  ", in {function}"};

std::string values_of(const Finding::Frame& frame) {
  std::string values;
  for (const auto& [name, value] : frame.locals) {
    values += concat(values.empty() ? "" : ", ", name, " = ", value);
  }
  std::replace(values.begin(), values.end(), '\n', ' ');
  return values;
}

// A block of code whose text cannot end it.
std::string fenced(const std::string& text, const std::string& language) {
  std::string fence = "```";
  while (text.find(fence) != std::string::npos) fence += '`';
  return concat(fence, language, "\n", text, text.ends_with('\n') ? "" : "\n", fence, "\n");
}

bool meet(const wire::Span& a, const wire::Span& b) {
  return a.start.line <= b.end.line && b.start.line <= a.end.line;
}

// The one edit between two texts, in whole characters.
struct Change {
  text::Range range;
  std::string text;
};

Change change_between(std::string_view before, std::string_view after) {
  const size_t shorter = std::min(before.size(), after.size());
  size_t begin = 0;
  while (begin < shorter && before[begin] == after[begin]) ++begin;
  begin = text::character_start(before, begin);
  size_t same = 0;
  while (same < shorter - begin &&
         before[before.size() - 1 - same] == after[after.size() - 1 - same]) {
    ++same;
  }
  while (same > 0 && text::character_start(before, before.size() - same) != before.size() - same) {
    --same;
  }
  return {{begin, before.size() - same},
          std::string(after.substr(begin, after.size() - same - begin))};
}

}  // namespace

wire::Span Findings::span_of(const std::string& uri, int line) const {
  const auto at = static_cast<size_t>(std::max(line - 1, 0));
  const text::Document* document = documents_.find(uri);
  if (document == nullptr || at >= document->line_count()) {
    const auto number = static_cast<uint32_t>(at);
    return {{number, 0}, {number, past_the_end}};
  }
  const std::string_view text = document->line(at);
  const size_t begin = document->line_range(at).begin;
  const size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  const size_t last = text.find_last_not_of(" \t\r");
  return {document->position_of(begin + first, encoding_),
          document->position_of(begin + (last == std::string_view::npos ? first : last + 1),
                                encoding_)};
}

// As the client spells it, which may escape more than we do.
std::string Findings::uri_of(const std::string& path) const {
  const std::vector<std::string> open = documents_.uris();
  const auto found = std::find_if(open.begin(), open.end(), [&](const std::string& uri) {
    return text::is_of_file(uri, path);
  });
  return found == open.end() ? text::uri_of(path) : *found;
}

std::set<std::string> Findings::put(Finding finding) {
  finding.uri = uri_of(finding.program);
  // The same failure, with what was found since: its hints go on.
  const auto before = found_.find(finding.uri);
  const size_t told = before == found_.end() ? 0 : before->second.told;
  std::set<std::string> changed = forget(finding.uri);
  if (!finding.failed || is_outdated(finding)) return changed;
  Entry entry{std::move(finding), {}, told};
  entry.uris.insert(entry.finding.uri);
  for (Finding::Frame& frame : entry.finding.frames) {
    frame.uri = uri_of(frame.path);
    entry.uris.insert(frame.uri);
  }
  changed.insert(entry.uris.begin(), entry.uris.end());
  if (!entry.finding.fixes.empty()) {
    evidence_ = evidence_of(entry.finding);
    offered_ = {entry.finding.program, {}};
    for (const Finding::Fix& fix : entry.finding.fixes) offered_.texts.push_back(fix.text);
  }
  std::string uri = entry.finding.uri;
  found_.insert_or_assign(std::move(uri), std::move(entry));
  return changed;
}

bool Findings::is_outdated(const Finding& finding) const {
  const text::Document* document = documents_.find(uri_of(finding.program));
  return document != nullptr && document->text() != finding.program_text;
}

bool Findings::knows_more(const Finding& finding) const {
  const auto found = found_.find(uri_of(finding.program));
  if (found == found_.end()) return false;
  const Finding& known = found->second.finding;
  const auto at = [](const Finding::Frame& frame) {
    return std::tie(frame.path, frame.line, frame.function);
  };
  return (!known.fixes.empty() || !known.note.empty()) && finding.failed &&
         finding.program_text == known.program_text && finding.type == known.type &&
         finding.message == known.message && finding.red == known.red &&
         std::equal(finding.frames.begin(), finding.frames.end(), known.frames.begin(),
                    known.frames.end(), [&](auto& a, auto& b) { return at(a) == at(b); });
}

// The document has changed, or is about to be spoken of anew.
void Findings::mark_taken(const std::string& uri) {
  if (!evidence_ || !uri.starts_with("file:") || text::path_of(uri) != offered_.path) return;
  const text::Document* document = documents_.find(uri);
  bool any = false;
  for (size_t i = 0; i < offered_.texts.size(); ++i) {
    wire::Evidence::Change& change = evidence_->changes[i];
    if (!change.taken && document != nullptr && document->text() == offered_.texts[i]) {
      change.taken = evidence_->is_latest = true;
    }
    any = any || change.taken;
  }
  if (!any) evidence_.reset();
}

std::set<std::string> Findings::forget(const std::string& uri) {
  mark_taken(uri);
  std::set<std::string> changed;
  std::erase_if(found_, [&](const auto& each) {
    if (!each.second.uris.contains(uri)) return false;
    changed.insert(each.second.uris.begin(), each.second.uris.end());
    return true;
  });
  return changed;
}

std::set<std::string> Findings::opened(const std::string& uri) {
  const auto found = found_.find(uri);
  const text::Document* document = documents_.find(uri);
  const bool is_same = found == found_.end() || document == nullptr ||
                       document->text() == found->second.finding.program_text;
  return is_same ? std::set<std::string>() : forget(uri);
}

void Findings::add_diagnostics(const Finding& finding, const std::string& uri,
                               std::vector<wire::Diagnostic>& diagnostics) const {
  const auto& frames = finding.frames;
  const auto say = [&](const Sentence& sentence, text::Values values = {}) {
    return said(sentence, finding.tongue, values);
  };
  if (frames.empty()) {
    if (finding.uri != uri) return;
    diagnostics.push_back({span_of(uri, 1), wire::Severity::error, headline(finding), {}});
  }
  for (size_t i = 0; i < frames.size(); ++i) {
    if (frames[i].uri != uri) continue;
    const bool innermost = i + 1 == frames.size();
    wire::Diagnostic diagnostic{
        span_of(uri, frames[i].line),
        innermost ? wire::Severity::error : wire::Severity::information,
        innermost ? headline(finding) : say(comes_through, {{"type", finding.type}}),
        {}};
    for (size_t other = frames.size(); other-- > 0;) {
      if (other == i) continue;
      const std::string& at = frames[other].uri;
      const std::string& function = frames[other].function;
      diagnostic.related.push_back(
          {at, span_of(at, frames[other].line),
           say(other + 1 == frames.size() ? fails_here : through_here) +
               (function.empty() ? "" : say(in_function, {{"function", function}}))});
    }
    diagnostics.push_back(std::move(diagnostic));
  }
}

std::vector<wire::Diagnostic> Findings::diagnostics(const std::string& uri) const {
  std::vector<wire::Diagnostic> diagnostics;
  for (const auto& [program, entry] : found_) add_diagnostics(entry.finding, uri, diagnostics);
  return diagnostics;
}

std::vector<wire::InlayHint> Findings::inlays(const std::string& uri,
                                              const wire::Span& span) const {
  std::vector<wire::InlayHint> hints;
  for (const auto& [program, entry] : found_) {
    std::set<int> lines;  // of a recursion, the innermost values
    const auto& frames = entry.finding.frames;
    for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
      if (frame->uri != uri || frame->locals.empty()) continue;
      const wire::Span at = span_of(uri, frame->line);
      if (!meet(at, span) || !lines.insert(frame->line).second) continue;
      const std::string values = values_of(*frame);
      hints.push_back({at.end, text::shortened(values, most_inlay_bytes),
                       text::shortened(values, most_value_bytes)});
    }
  }
  return hints;
}

std::optional<Findings::Story> Findings::story(const std::string& uri,
                                               text::Position position) const {
  for (const auto& [program, entry] : found_) {
    std::vector<wire::Diagnostic> diagnostics;
    add_diagnostics(entry.finding, uri, diagnostics);
    const wire::Span here{position, position};
    const auto found = std::find_if(diagnostics.begin(), diagnostics.end(),
                                    [&](const auto& each) { return meet(each.span, here); });
    if (found == diagnostics.end()) continue;
    const Finding& finding = entry.finding;
    const auto say = [&](const Sentence& sentence, text::Values values = {}) {
      return said(sentence, finding.tongue, values);
    };
    std::string story = headline(finding);
    for (const std::string& hint : finding.hints) story += "\n" + hint;
    std::string text = fenced(story, "");
    for (const Finding::Fix& fix : finding.fixes) {
      text += concat(verdict_sentence(fix, finding.tongue), "\n", fenced(fix.diff, "diff"));
    }
    if (finding.fixes.empty() && !finding.note.empty()) {
      text += "\n" + say(no_fix, {{"note", finding.note}}) + "\n";
    }
    if (!finding.model_note.empty()) text += "\n" + finding.model_note + "\n";
    if (!finding.red.empty()) {
      std::string red;
      for (const std::string& test : finding.red) red += test + "\n";
      text += say(failing_tests) + "\n" + fenced(red, "");
    }
    for (auto frame = finding.frames.rbegin(); frame != finding.frames.rend(); ++frame) {
      const auto& locals = frame->locals;
      if (locals.empty()) continue;
      if (locals.size() == 1 && locals[0].first == "self") continue;  // a test's object
      std::string values;
      for (const auto& [name, value] : locals) {
        values += concat(name, " = ", text::shortened(value, most_value_bytes), "\n");
      }
      text += say(in_line, {{"line", std::to_string(frame->line)}}) + "\n" + fenced(values, "");
    }
    return Story{text, found->span};
  }
  return std::nullopt;
}

std::optional<std::string> Findings::next_hint(const std::string& uri) {
  const auto found = std::find_if(found_.begin(), found_.end(),
                                  [&](const auto& each) { return each.second.uris.contains(uri); });
  if (found == found_.end()) return std::nullopt;
  auto& [finding, uris, told] = found->second;
  if (told < finding.hints.size()) return finding.hints[told++];
  told = 0;
  if (finding.fixes.empty()) return said(nothing_known, finding.tongue);
  const Finding::Fix& fix = finding.fixes.front();
  return concat(verdict_sentence(fix, finding.tongue), "\n", fix.diff);
}

std::optional<wire::CodeAction> Findings::action_of(const Finding& finding, size_t index,
                                                    const wire::Span& wanted) const {
  const Finding::Fix& fix = finding.fixes[index];
  const std::string& uri = finding.uri;
  const text::Document* document = documents_.find(uri);
  if (document == nullptr) return std::nullopt;
  const auto [range, replacement] = change_between(document->text(), fix.text);
  const wire::Span span{document->position_of(range.begin, encoding_),
                        document->position_of(range.end, encoding_)};
  const std::vector<wire::Diagnostic> shown = diagnostics(uri);
  const bool near = meet(span, wanted) || std::any_of(shown.begin(), shown.end(), [&](auto& each) {
                      return meet(each.span, wanted);
                    });
  if (!near) return std::nullopt;
  const bool verified = fix.proof != Finding::Proof::none;
  wire::CodeAction action{.title = title_of_change(finding.tongue, fix.what, fix.seen, verified),
                          .kind = "quickfix",
                          .id = concat(uri, "#", index),
                          .uri = uri,
                          .version = document->version(),
                          .edits = {{span, replacement}},
                          .diagnostics = {},
                          .command = "",
                          .generated = fix.generated};
  for (const wire::Diagnostic& each : shown) {
    if (each.severity == wire::Severity::error) action.diagnostics.push_back(each);
  }
  return action;
}

std::vector<wire::CodeAction> Findings::actions(const std::string& uri,
                                                const wire::Span& span) const {
  std::vector<wire::CodeAction> actions;
  const auto found = found_.find(uri);
  if (found == found_.end()) return actions;
  for (size_t i = 0; i < found->second.finding.fixes.size(); ++i) {
    if (auto action = action_of(found->second.finding, i, span)) {
      actions.push_back(std::move(*action));
    }
  }
  return actions;
}

}  // namespace lsp::server
