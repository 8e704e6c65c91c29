#include "lsp/server/documents.h"

#include <algorithm>

#include "engine/base/format.h"
#include "engine/base/secret_name.h"
#include "lsp/text/uri.h"

namespace lsp::server {
namespace {

using base::fail;

// What a prompt may draw from; more would cost time at each keystroke and help nobody.
constexpr size_t max_others = 16;
// So many edits may overtake one, of so many bytes each.
constexpr size_t most_overtaking = 64;
constexpr size_t most_undone_bytes = size_t{64} << 10;

bool has_known_scheme(std::string_view uri) {
  const auto scheme = uri.substr(0, uri.find(':'));
  return scheme == "file" || scheme == "untitled" || scheme == "vscode-notebook-cell";
}

}  // namespace

wire::Span span_of(const text::Document& document, const text::Range& range,
                   text::Encoding encoding) {
  return {document.position_of(range.begin, encoding), document.position_of(range.end, encoding)};
}

text::Range range_of(const text::Document& document, const wire::Span& span,
                     text::Encoding encoding) {
  return {document.offset_of(span.start, encoding), document.offset_of(span.end, encoding)};
}

base::Status Documents::open(wire::DidOpenParams params) {
  const bool again = open_.erase(params.uri) > 0;
  const std::string uri = params.uri;
  const int64_t version = params.version;
  open_.emplace(uri, Entry{text::Document(std::move(params.uri), std::move(params.language_id),
                                          version, std::move(params.text)),
                           nullptr, ++uses_, false, version});
  if (again) return fail("a document is opened twice; the later text counts: ", uri);
  return base::Done{};
}

base::Status Documents::change(const wire::DidChangeParams& params, text::Encoding encoding) {
  const auto found = open_.find(params.uri);
  if (found == open_.end()) return fail("an edit for a document that is not open: ", params.uri);
  Entry& entry = found->second;
  const int64_t old_version = entry.document.version();
  const int64_t version = params.version.value_or(old_version + 1);
  entry.snapshot = nullptr;
  entry.last_use = ++uses_;
  if (is_overtaken(entry, version)) {
    put_back(entry, version, params.changes, encoding);
    return fail("version ", version, " came after version ", old_version,
                " and is put where it belongs: ", params.uri);
  }
  apply(entry, version, params.changes, encoding);
  if (version <= old_version) {
    return fail("version ", version, " follows version ", old_version, ": ", params.uri);
  }
  return base::Done{};
}

void Documents::apply(Entry& entry, int64_t version, const Changes& changes,
                      text::Encoding encoding) {
  text::Document& document = entry.document;
  // Versions that start anew say nothing of the order any more.
  bool may_be_undone = version > document.version();
  std::vector<Undo> undo;
  for (const wire::ContentChange& change : changes) {
    text::Range range{0, document.text().size()};
    if (!change.span) {
      entry.is_lost = false;
    } else {
      range = range_of(document, *change.span, encoding);
      if (range.begin > range.end) std::swap(range.begin, range.end);
    }
    const size_t removed = range.end - range.begin;
    may_be_undone &= change.span && removed + change.text.size() <= most_undone_bytes;
    if (may_be_undone) {
      undo.push_back({range.begin, change.text.size(),
                      std::string(document.text().substr(range.begin, removed))});
    }
    document.apply(range, change.text, version);
  }
  document.set_version(version);
  if (!may_be_undone) {
    entry.recent.clear();
    entry.settled = version;
    return;
  }
  entry.recent.push_back({version, changes, std::move(undo)});
  if (entry.recent.size() > most_overtaking) {
    entry.settled = entry.recent.front().version;
    entry.recent.pop_front();
  }
}

// Whether its place is between two edits that are here already.
bool Documents::is_overtaken(const Entry& entry, int64_t version) {
  if (version <= entry.settled || version >= entry.document.version()) return false;
  return std::none_of(entry.recent.begin(), entry.recent.end(),
                      [&](const Applied& edit) { return edit.version == version; });
}

void Documents::put_back(Entry& entry, int64_t version, const Changes& changes,
                         text::Encoding encoding) {
  std::vector<Applied> later;  // the last one first
  while (!entry.recent.empty() && entry.recent.back().version > version) {
    later.push_back(std::move(entry.recent.back()));
    entry.recent.pop_back();
    const std::vector<Undo>& undo = later.back().undo;
    for (auto it = undo.rbegin(); it != undo.rend(); ++it) {
      entry.document.apply({it->begin, it->begin + it->inserted}, it->removed, entry.settled);
    }
  }
  apply(entry, version, changes, encoding);
  for (auto it = later.rbegin(); it != later.rend(); ++it) {
    apply(entry, it->version, it->changes, encoding);
  }
}

void Documents::lose(const std::string& uri) {
  const auto found = open_.find(uri);
  if (found == open_.end()) return;
  found->second.is_lost = true;
  found->second.snapshot = nullptr;
}

base::Status Documents::close(const std::string& uri) {
  if (open_.erase(uri) == 0) return fail("a document is closed that is not open: ", uri);
  return base::Done{};
}

std::string Documents::withheld(const Entry& entry) {
  const std::string& uri = entry.document.uri();
  if (!has_known_scheme(uri)) return "is no file";
  if (engine::base::is_secret_path(text::path_of(uri))) return "holds secrets, by its name";
  const size_t size = entry.document.text().size();
  if (size > max_completed_bytes) {
    return base::concat("is too large (", size, " bytes; up to ", max_completed_bytes, ")");
  }
  return entry.is_lost ? "is not known after an edit that was lost; open it anew" : "";
}

std::string Documents::withheld(const std::string& uri) const { return withheld(open_.at(uri)); }

Snapshot Documents::snapshot(Entry& entry) {
  if (!withheld(entry).empty()) return nullptr;
  const text::Document& document = entry.document;
  if (!entry.snapshot) entry.snapshot = std::make_shared<const text::Document>(document);
  return entry.snapshot;
}

Snapshot Documents::snapshot(const std::string& uri) {
  Entry& entry = open_.at(uri);
  entry.last_use = ++uses_;
  return snapshot(entry);
}

std::vector<std::string> Documents::uris() const {
  std::vector<std::string> result;
  for (const auto& [uri, entry] : open_) result.push_back(uri);
  return result;
}

std::string Documents::last_used() const {
  const auto last = std::max_element(open_.begin(), open_.end(), [](const auto& a, const auto& b) {
    return a.second.last_use < b.second.last_use;
  });
  return last == open_.end() ? "" : last->first;
}

const text::Document* Documents::find(const std::string& uri) const {
  const auto found = open_.find(uri);
  return found == open_.end() || found->second.is_lost ? nullptr : &found->second.document;
}

std::vector<Snapshot> Documents::others(const std::string& uri, const Wanted& wanted) {
  std::vector<Entry*> entries;
  for (auto& [name, entry] : open_) {
    if (name != uri && (!wanted || wanted(name))) entries.push_back(&entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry* a, const Entry* b) { return a->last_use > b->last_use; });
  std::vector<Snapshot> result;
  for (Entry* entry : entries) {
    if (result.size() == max_others) break;
    if (Snapshot other = snapshot(*entry)) result.push_back(std::move(other));
  }
  return result;
}

std::optional<int64_t> Documents::version(const std::string& uri) const {
  const auto found = open_.find(uri);
  if (found == open_.end()) return std::nullopt;
  return found->second.document.version();
}

}  // namespace lsp::server
