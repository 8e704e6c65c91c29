#include "lsp/server/next_edits.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/base/format.h"
#include "engine/base/pause.h"
#include "lsp/text/utf8.h"

namespace lsp::server {
namespace {

using base::concat;
using text::Counted;

// So long the text must be at rest.
constexpr std::chrono::milliseconds rest_before_look{300};
constexpr size_t most_change_bytes = 40;

constexpr Counted everywhere = {
    {"{change}: the other place", "{change}：另一处", "{change} : l'autre endroit",
     "{change}: die andere Stelle"},
    {"{change}: the other {count} places", "{change}：其他 {count} 处",
     "{change} : les {count} autres endroits", "{change}: die anderen {count} Stellen"}};

std::string title_of(const FoundEdits& edits) {
  const std::string before = text::shortened(edits.before, most_change_bytes);
  const std::string after = text::shortened(edits.after, most_change_bytes);
  if (before.empty()) return concat("+ ", after);
  if (after.empty()) return concat("− ", before);
  return concat(before, " → ", after);
}

}  // namespace

bool NextEdits::is_on(const text::Document& document) const {
  const auto& completion = settings_.completion;
  return finder_ && completion.enabled && completion.next_edits &&
         !leaves_out(settings_, document.language_id());
}

void NextEdits::change(const wire::DidChangeParams& params) {
  const text::Document* document = host_.documents.find(params.uri);
  if (document == nullptr || !finder_) return;
  if (params.version <= document->version()) {  // overtaken on its way: what it changed is not this
    histories_.erase(params.uri);
    return;
  }
  text::History& history = histories_[params.uri];
  // Later changes of one message are about the text that the earlier ones made.
  std::optional<text::Document> changed;
  for (const wire::ContentChange& change : params.changes) {
    if (!change.span) {
      histories_.erase(params.uri);
      return;
    }
    const text::Document& before = changed ? *changed : *document;
    text::Range range = range_of(before, *change.span, host_.encoding);
    if (range.begin > range.end) std::swap(range.begin, range.end);
    history.change(before.text(), range, change.text);
    if (&change == &params.changes.back()) return;
    if (!changed) changed = *document;
    changed->apply(range, change.text, document->version());
  }
}

void NextEdits::forget(const std::string& uri) {
  histories_.erase(uri);
  changed(uri);
}

base::Status NextEdits::execute(const wire::ExecuteCommandParams& params, const std::string&) {
  return base::fail("unknown command '", params.command, "'");
}

void NextEdits::changed(const std::string& uri) {
  if (search_ && search_->document->uri() == uri) search_.reset();
  if (!host_.documents.contains(uri)) {
    histories_.erase(uri);
    found_.erase(uri);
    return;
  }
  const Snapshot document = host_.documents.snapshot(uri);
  const auto history = histories_.find(uri);
  const bool may_find = document && history != histories_.end() && is_on(*document) &&
                        finder_->may_find(*document, history->second);
  if (!may_find) {
    if (found_.contains(uri)) tell(uri, {host_.documents.version(uri).value_or(0), "", {}});
    return;
  }
  search_ = std::unique_ptr<Search>(new Search{document, {}});
  run_job<FoundEdits>(
      host_,
      [finder = finder_, document, history = history->second,
       stop = search_->stopped.token()]() -> base::Result<FoundEdits> {
        if (!base::pause(stop, rest_before_look)) return base::fail("the text has changed");
        return finder->find(document, history);
      },
      [this, document](const base::Result<FoundEdits>& edits) {
        const bool is_current = search_ && search_->document == document;
        if (is_current && edits) found(document, *edits);
      });
}

void NextEdits::found(const Snapshot& document, const FoundEdits& edits) {
  search_.reset();
  Found found{document->version(), title_of(edits), {}};
  for (const auto& [range, text] : edits.edits) {
    const std::string_view old = document->text().substr(range.begin, range.end - range.begin);
    found.edits.push_back({span_of(*document, range, host_.encoding), std::string(old), text});
  }
  if (found.edits.empty() && !found_.contains(document->uri())) return;
  tell(document->uri(), found);
}

void NextEdits::tell(const std::string& uri, const Found& found) {
  if (host_.client.next_edits) {
    host_.notify(wire::next_edits(uri, found.version, found.title, found.edits));
  }
  if (found.edits.empty()) {
    found_.erase(uri);
  } else {
    found_[uri] = found;
  }
}

std::vector<wire::CodeAction> NextEdits::actions(const wire::SpanParams& params) {
  constexpr const char* kind = "refactor.rewrite";
  const auto found = found_.find(params.uri);
  if (found == found_.end() || !wanted(params, kind)) return {};
  const auto& [version, title, edits] = found->second;
  if (host_.documents.version(params.uri) != version) return {};
  wire::CodeAction action{
      .title = say(host_, edits.size() == 1 ? everywhere.one : everywhere.many,
                   {{"change", title}, {"count", std::to_string(edits.size())}}),
      .kind = kind,
      .id = "",
      .uri = params.uri,
      .version = version,
      .edits = {},
      .diagnostics = {},
      .command = ""};
  for (const wire::NextEdit& edit : edits) action.edits.push_back({edit.span, edit.text});
  return {action};
}

}  // namespace lsp::server
