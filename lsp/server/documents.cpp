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
  open_.emplace(uri, Entry{text::Document(std::move(params.uri), std::move(params.language_id),
                                          params.version, std::move(params.text)),
                           nullptr, ++uses_, false});
  if (again) return fail("a document is opened twice; the later text counts: ", uri);
  return base::Done{};
}

base::Status Documents::change(const wire::DidChangeParams& params, text::Encoding encoding) {
  const auto found = open_.find(params.uri);
  if (found == open_.end()) return fail("an edit for a document that is not open: ", params.uri);
  Entry& entry = found->second;
  text::Document& document = entry.document;
  const int64_t old_version = document.version();
  const int64_t version = params.version.value_or(old_version + 1);
  entry.snapshot = nullptr;
  entry.last_use = ++uses_;
  for (const wire::ContentChange& change : params.changes) {
    text::Range range{0, document.text().size()};
    if (!change.span) {
      entry.is_lost = false;
    } else {
      range = range_of(document, *change.span, encoding);
      if (range.begin > range.end) std::swap(range.begin, range.end);
    }
    document.apply(range, change.text, version);
  }
  document.set_version(version);
  if (version <= old_version) {
    return fail("version ", version, " follows version ", old_version, ": ", params.uri);
  }
  return base::Done{};
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

std::vector<Snapshot> Documents::others(const std::string& uri) {
  std::vector<Entry*> entries;
  for (auto& [name, entry] : open_) {
    if (name != uri) entries.push_back(&entry);
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
