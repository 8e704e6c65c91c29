// What LSP has to show findings with: diagnostics, code actions, lenses, hovers, inlay hints; and
// the commands that start a search for them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lsp/wire/protocol.h"

namespace lsp::wire {

// ---- from the client ----

struct ExecuteCommandParams {
  std::string command;
  std::vector<std::string> arguments;  // those that are strings
  std::optional<Span> span;            // the first of the others that is one
};

// Of textDocument/codeLens.
struct DocumentParams {
  std::string uri;
};

// Of textDocument/hover.
struct PlaceParams {
  std::string uri;
  text::Position position;
};

// Of textDocument/codeAction and textDocument/inlayHint.
struct SpanParams {
  std::string uri;
  Span span;
  std::vector<std::string> only;  // kinds of code actions; empty: all
};

struct CancelProgressParams {
  std::string token;
};

// ---- to the client ----

enum class Severity { error = 1, warning = 2, information = 3, hint = 4 };

struct Diagnostic {
  struct Related {
    std::string uri;
    Span span;
    std::string message;
  };
  Span span;
  Severity severity;
  std::string message;
  std::vector<Related> related;
};

struct TextEdit {
  Span span;
  std::string text;
};

// A code action: an edit of one version of a document, or a command.
struct CodeAction {
  std::string title;
  std::string kind;
  std::string id;  // opaque; empty: none
  std::string uri;
  int64_t version = 0;
  std::vector<TextEdit> edits;
  std::vector<Diagnostic> diagnostics;  // that it mends
  std::string command;                  // with the URI as its argument; empty: none
  std::optional<Span> about = {};       // and this as its second
  bool generated = false;               // by a model
};

struct CodeLens {
  Span span;
  std::string title;
  std::string command;
  std::string argument;
  std::optional<Span> about = {};  // a second argument
};

struct InlayHint {
  text::Position position;
  std::string label;
  std::string tooltip;
};

Notification publish_diagnostics(const std::string& uri, std::optional<int64_t> version,
                                 const std::vector<Diagnostic>& diagnostics);
// Whether a client takes edits of a version, or only of whatever is there.
enum class Edits { versioned, plain };
inline Edits edits_of(const ClientCapabilities& client) {
  return client.versioned_edits ? Edits::versioned : Edits::plain;
}
Payload encode(const std::vector<CodeAction>& actions, Edits edits);
Payload encode(const std::vector<CodeLens>& lenses);
Payload encode(const std::vector<InlayHint>& hints);
Payload encode_hover(const std::string& markdown, const Span& span);
// lemma/verdict: how many tests pass with the suggestion that is shown for this version.
// `better`: who asks again now gets one with which all of them pass.
Notification verdict(const std::string& uri, int64_t version, size_t passed, size_t tests,
                     bool better);
// Asks the client to change one version of a document; nothing comes back.
Request apply_edits(int64_t id, const std::string& title, const CodeAction& edit, Edits edits);
// Asks the client to make a file, which must not be there, with that text.
Request make_file(int64_t id, const std::string& title, const std::string& uri,
                  const std::string& text);
// Asks the client to ask again: "workspace/inlayHint/refresh".
Request refresh(int64_t id, std::string method);

}  // namespace lsp::wire
