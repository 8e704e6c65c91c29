#include "lsp/server/attention.h"

#include <algorithm>

namespace lsp::server {
namespace {

constexpr size_t most_edited = 4;     // of a document
constexpr size_t most_visible = 4;    // windows onto it
constexpr size_t most_reported = 64;  // of a document
constexpr size_t near_lines = 3;      // edits this close are one

// `lines` move with the text above them. False where the edit reaches into them.
bool moves(Attended& lines, size_t first, size_t last, int64_t added) {
  if (lines.last_line < first) return true;
  if (lines.first_line <= last) return false;
  lines.first_line = static_cast<size_t>(static_cast<int64_t>(lines.first_line) + added);
  lines.last_line = static_cast<size_t>(static_cast<int64_t>(lines.last_line) + added);
  return true;
}

void add_edit(std::vector<Attended>& edited, const wire::ContentChange& change) {
  const size_t first = std::min(change.span->start.line, change.span->end.line);
  const size_t last = std::max(change.span->start.line, change.span->end.line);
  const auto breaks = std::count(change.text.begin(), change.text.end(), '\n');
  const int64_t added = breaks - static_cast<int64_t>(last - first);
  Attended now{Attended::Kind::edited, first, first + static_cast<size_t>(breaks)};
  for (auto each = edited.begin(); each != edited.end();) {
    const bool is_near =
        each->first_line <= last + near_lines && first <= each->last_line + near_lines;
    if (!is_near) {
      moves(*each, first, last, added);
      ++each;
      continue;
    }
    now.first_line = std::min(now.first_line, each->first_line);
    const auto end = static_cast<int64_t>(each->last_line) + (each->last_line >= last ? added : 0);
    now.last_line = std::max(now.last_line, static_cast<size_t>(std::max<int64_t>(end, 0)));
    each = edited.erase(each);
  }
  edited.insert(edited.begin(), now);
  edited.resize(std::min(edited.size(), most_edited));
}

}  // namespace

void Attention::change(const wire::DidChangeParams& params) {
  Entry& entry = by_uri_[params.uri];
  for (const wire::ContentChange& change : params.changes) {
    if (change.span) {
      add_edit(entry.edited, change);
    } else {
      entry.edited.clear();  // of a text that is there no more
    }
  }
}

void Attention::view(const wire::ViewParams& params) {
  for (auto& [uri, entry] : by_uri_) {
    entry.visible.clear();
    entry.reported.clear();
  }
  for (const auto& [uri, visible, diagnostics] : params.documents) {
    Entry& entry = by_uri_[uri];
    for (const wire::Span& span : visible) {
      if (entry.visible.size() == most_visible || span.end.line < span.start.line) break;
      entry.visible.push_back({Attended::Kind::visible, span.start.line, span.end.line});
    }
    for (const auto& [span, message] : diagnostics) {
      if (entry.reported.size() == most_reported) break;
      entry.reported.push_back({span.start.line, message});
    }
  }
}

std::map<std::string, std::vector<Attended>> Attention::attended() const {
  std::map<std::string, std::vector<Attended>> result;
  for (const auto& [uri, entry] : by_uri_) {
    std::vector<Attended> both = entry.edited;
    both.insert(both.end(), entry.visible.begin(), entry.visible.end());
    if (!both.empty()) result.emplace(uri, std::move(both));
  }
  return result;
}

std::vector<Reported> Attention::reported(const std::string& uri) const {
  const auto found = by_uri_.find(uri);
  return found == by_uri_.end() ? std::vector<Reported>() : found->second.reported;
}

}  // namespace lsp::server
