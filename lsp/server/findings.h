// What the last search in each program found, as an editor shows it: until the text changes.
// Belongs to the loop's thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lsp/server/debugger.h"
#include "lsp/server/documents.h"
#include "lsp/wire/debugging.h"
#include "lsp/wire/explanation.h"

namespace lsp::server {

class Findings {
 public:
  Findings(const Documents& documents, const text::Encoding& encoding)
      : documents_(documents), encoding_(encoding) {}

  // In place of what was found for the program before. Nothing is kept where its text is another by
  // now. Returns the documents whose diagnostics change.
  std::set<std::string> put(Finding finding);
  // Whether it speaks of another text than the program has now.
  bool is_outdated(const Finding& finding) const;
  // Whether of this very failure more is known than that, in this text: what would mend it, or why
  // nothing does.
  bool knows_more(const Finding& finding) const;
  // The document has changed or is closed: what speaks of it goes. Returns the same.
  std::set<std::string> forget(const std::string& uri);
  // The document is open now: what was found in another text of it goes. Returns the same.
  std::set<std::string> opened(const std::string& uri);

  std::vector<wire::Diagnostic> diagnostics(const std::string& uri) const;
  std::vector<wire::InlayHint> inlays(const std::string& uri, const wire::Span& span) const;
  std::vector<wire::CodeAction> actions(const std::string& uri, const wire::Span& span) const;
  // In Markdown: what happened, why, with which values, and what would mend it.
  struct Story {
    std::string markdown;
    wire::Span span;
  };
  std::optional<Story> story(const std::string& uri, text::Position position) const;
  // What was found in the program or a file that it speaks of, in steps: where, what, how, and what
  // would mend it, each time the next; from the first again after the last. Nothing where nothing
  // is known.
  std::optional<std::string> next_hint(const std::string& uri);
  // What was seen of the changes that were offered last: until the program's text is another than
  // with one of them, and after that if one was taken; in place of it comes the next that is
  // offered. It is the latest until something else is shown.
  const std::optional<wire::Evidence>& evidence() const { return evidence_; }
  void shown_beside() {
    if (evidence_) evidence_->is_latest = false;
  }

 private:
  struct Entry {
    Finding finding;
    std::set<std::string> uris;  // that it speaks of
    size_t told = 0;             // steps of its hints
  };
  void mark_taken(const std::string& uri);
  struct Offered {
    std::string path;                // of the program
    std::vector<std::string> texts;  // of the program, with each change
  };
  std::string uri_of(const std::string& path) const;
  // The line as it stands there, from its first character to its last.
  wire::Span span_of(const std::string& uri, int line) const;
  void add_diagnostics(const Finding& finding, const std::string& uri,
                       std::vector<wire::Diagnostic>& diagnostics) const;
  std::optional<wire::CodeAction> action_of(const Finding& finding, size_t index,
                                            const wire::Span& wanted) const;

  const Documents& documents_;
  const text::Encoding& encoding_;
  std::map<std::string, Entry> found_;  // by the program's uri
  std::optional<wire::Evidence> evidence_;
  Offered offered_;  // what `evidence_` speaks of
};

}  // namespace lsp::server
