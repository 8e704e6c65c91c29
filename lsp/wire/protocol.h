// The structures of the language server protocol that lemma uses, with what it adds ("lemma/…").
// What a client leaves out is absent here; what is absent here is left out on the wire, never sent
// as null (Neovim takes a null for a value).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lsp/text/document.h"
#include "lsp/wire/message.h"
#include "lsp/wire/setting.h"

namespace lsp::wire {

// In code units of the negotiated encoding. A number past 2^32 − 1 is taken for that.
struct Span {
  text::Position start;
  text::Position end;
};

// ---- from the client ----
struct ClientCapabilities {
  std::vector<std::string> position_encodings;
  bool inline_completion = false;
  bool work_done_progress = false;    // takes window/workDoneProgress/create
  bool configuration = false;         // answers workspace/configuration
  bool configuration_events = false;  // takes a registration for didChangeConfiguration
  bool status_events = false, next_edits = false, shows_changes = false;  // experimental, by lemma
  bool trusted = false;  // experimental.lemmaTrusted: its user trusts what is open
  bool versioned_edits = false, applies_edits = false, inlay_refresh = false;
  bool creates_files = false;  // by edits that it is asked to apply
  std::string locale, editor;  // of its user: "de"; its own name: "Neovim"; may be empty
};

struct InitializeParams {
  std::optional<int64_t> process_id;
  std::string client_name;
  ClientCapabilities capabilities;
  std::vector<std::string> folders;  // URIs
  std::vector<Setting> settings;     // initializationOptions
};

struct DidOpenParams {
  std::string uri;
  std::string language_id;
  int64_t version;
  std::string text;
};

struct ContentChange {
  std::optional<Span> span;  // or the whole text
  std::string text;
};

struct DidChangeParams {
  std::string uri;
  std::optional<int64_t> version;
  std::vector<ContentChange> changes;
};

struct DidCloseParams {
  std::string uri;
};

struct DidChangeFoldersParams {
  std::vector<std::string> added;  // URIs
  std::vector<std::string> removed;
};

struct SelectedCompletion {
  Span span;
  std::string text;
};

// Of textDocument/inlineCompletion and of textDocument/completion.
struct CompletionParams {
  std::string uri;
  text::Position position;
  bool invoked = false;  // by a key; else by typing
  std::optional<SelectedCompletion> selected;
};

struct CancelParams {
  Id id;
};

struct DidChangeConfigurationParams {
  std::optional<std::vector<Setting>> settings;  // of the section "lemma"; nothing: ask for them
};

// Never throws; an error says what is missing or of the wrong kind.
template <typename T>
base::Result<T> decode(Payload payload);

// textDocument.uri, also of params that cannot be decoded; "" where there is none.
std::string document_uri(const Payload& params);

// The settings of the section "lemma".
std::vector<Setting> decode_configuration(const Payload& result);

// ---- to the client ----

struct ServerCapabilities {
  text::Encoding encoding;
  bool inline_completion;  // else classic completion
  std::vector<std::string> commands;
  std::string version;
};

struct CompletionItem {
  std::string text;
  Span span;
};

enum class MessageType { error = 1, warning = 2, info = 3, log = 4 };

struct Status {
  std::string state;           // "loading", "ready", "failed"
  std::string message;         // for people
  std::string model, adapter;  // paths; no adapter: empty
  std::string backend;
  std::string device;
  bool busy;
  std::optional<double> last_ms;  // of the last completion that was computed
  int64_t memory_bytes;           // of the whole process
  std::string version, asks;      // asks: the model that can be spoken to; empty: none
};

Payload encode(const ServerCapabilities& capabilities);
Payload encode_inline(const std::vector<CompletionItem>& items);
// The classic completion list. A client filters by what stands in the item's range.
Payload encode_classic(const std::vector<CompletionItem>& items);
Payload encode(const Status& status);
Notification show_message(MessageType type, std::string_view message);
Notification did_open(const text::Document& document);  // as a client sends it

// What the result of `initialize` says, or utf-16.
text::Encoding encoding_chosen(const Payload& result);

// To the client, which answers under `id`.
Request ask_configuration(int64_t id);
Request register_configuration(int64_t id);

std::string_view name_of(text::Encoding encoding);
// "utf-8" is preferred; nothing offered means utf-16.
text::Encoding choose_encoding(const std::vector<std::string>& offered);

}  // namespace lsp::wire
