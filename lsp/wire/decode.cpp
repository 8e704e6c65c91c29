#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/format.h"
#include "lsp/wire/answer_end.h"
#include "lsp/wire/asking.h"
#include "lsp/wire/debugging.h"
#include "lsp/wire/notebook.h"
#include "lsp/wire/progress.h"
#include "lsp/wire/protocol.h"
#include "lsp/wire/view.h"

namespace lsp::wire {
namespace {

using nlohmann::json;

// The value of `key`.
template <typename Json>
Json& member(Json& object, const char* key) {
  if (object.is_object()) {
    if (const auto found = object.find(key); found != object.end()) return *found;
  }
  throw json::type_error::create(302, base::concat("'", key, "' is missing"), &object);
}

// The value of `key`, which `is` of the kind that is expected.
template <typename Json>
Json& expect(Json& object, const char* key, bool (json::*is)() const, const char* kind) {
  Json& value = member(object, key);
  if ((value.*is)()) return value;
  throw json::type_error::create(302, base::concat("'", key, "' must be ", kind), &value);
}

uint32_t code_units(const json& object, const char* key) {
  const json& value = expect(object, key, &json::is_number_unsigned, "a whole number ≥ 0");
  return static_cast<uint32_t>(std::min<uint64_t>(value.get<uint64_t>(), UINT32_MAX));
}

text::Position position_from(const json& object) {
  return {code_units(object, "line"), code_units(object, "character")};
}

Span span_from(const json& object) {
  return {position_from(member(object, "start")), position_from(member(object, "end"))};
}

std::string take_string(json& object, const char* key) {
  json& value = expect(object, key, &json::is_string, "a string");
  return std::move(value.get_ref<std::string&>());
}

int64_t integer(const json& object, const char* key) {
  return expect(object, key, &json::is_number_integer, "an integer").get<int64_t>();
}

// The value below `path`, or null where a part of the way is missing.
const json& look_up(const json& object, std::initializer_list<const char*> path) {
  static const json null;
  const json* at = &object;
  for (const char* key : path) {
    if (!at->is_object()) return null;
    const auto found = at->find(key);
    if (found == at->end()) return null;
    at = &*found;
  }
  return *at;
}

// Capabilities are presence or true; a client's mistake in one costs that one alone.
bool offers(const json& object, std::initializer_list<const char*> path) {
  const json& value = look_up(object, path);
  return value.is_object() || (value.is_boolean() && value.get<bool>());
}

std::vector<std::string> strings(const json& array) {
  std::vector<std::string> result;
  if (!array.is_array()) return result;
  for (const json& item : array) {
    if (item.is_string()) result.push_back(item.get<std::string>());
  }
  return result;
}

void read(json& from, InitializeParams& to) {
  const json& process = look_up(from, {"processId"});
  if (process.is_number_integer()) to.process_id = process.get<int64_t>();
  const json& name = look_up(from, {"clientInfo", "name"});
  if (name.is_string()) to.client_name = name.get<std::string>();
  const json& client = member(from, "capabilities");
  to.capabilities.editor = to.client_name;
  to.capabilities.position_encodings = strings(look_up(client, {"general", "positionEncodings"}));
  to.capabilities.inline_completion = offers(client, {"textDocument", "inlineCompletion"});
  to.capabilities.work_done_progress = offers(client, {"window", "workDoneProgress"});
  to.capabilities.configuration = offers(client, {"workspace", "configuration"});
  to.capabilities.configuration_events =
      offers(client, {"workspace", "didChangeConfiguration", "dynamicRegistration"});
  to.capabilities.status_events = offers(client, {"experimental", "lemmaStatus"});
  to.capabilities.next_edits = offers(client, {"experimental", "lemmaNextEdits"});
  to.capabilities.shows_changes = offers(client, {"experimental", "lemmaChanges"});
  to.capabilities.trusted = offers(client, {"experimental", "lemmaTrusted"});
  to.capabilities.versioned_edits =
      offers(client, {"workspace", "workspaceEdit", "documentChanges"});
  to.capabilities.applies_edits = offers(client, {"workspace", "applyEdit"});
  const auto operations =
      strings(look_up(client, {"workspace", "workspaceEdit", "resourceOperations"}));
  // Such operations exist in documentChanges alone; Neovim names them without saying that it takes
  // these.
  to.capabilities.creates_files =
      to.capabilities.applies_edits &&
      std::find(operations.begin(), operations.end(), "create") != operations.end();
  to.capabilities.inlay_refresh = offers(client, {"workspace", "inlayHint", "refreshSupport"});
  if (const json& locale = look_up(from, {"locale"}); locale.is_string()) {
    to.capabilities.locale = locale.get<std::string>();
  }
  if (look_up(from, {"workspaceFolders"}).is_array()) {
    for (json& folder : from["workspaceFolders"]) to.folders.push_back(take_string(folder, "uri"));
  } else if (const json& root = look_up(from, {"rootUri"}); root.is_string()) {
    to.folders.push_back(root.get<std::string>());
  }
  if (const auto options = from.find("initializationOptions"); options != from.end()) {
    to.settings = flatten(Payload(std::move(*options)));
  }
}

void read_document(json& document, DidOpenParams& to) {
  to.uri = take_string(document, "uri");
  if (document.contains("languageId")) to.language_id = take_string(document, "languageId");
  to.version = integer(document, "version");
  to.text = take_string(document, "text");
}

void read(json& from, DidOpenParams& to) { read_document(member(from, "textDocument"), to); }

// A document's identifier, and the list of changes that `from` holds under `key`.
void read_changes(json& document, json& from, const char* key, DidChangeParams& to) {
  to.uri = take_string(document, "uri");
  if (look_up(document, {"version"}).is_number_integer()) to.version = integer(document, "version");
  for (json& change : expect(from, key, &json::is_array, "a list")) {
    std::optional<Span> span;
    if (!look_up(change, {"range"}).is_null()) span = span_from(member(change, "range"));
    to.changes.push_back({span, take_string(change, "text")});
  }
}

void read(json& from, DidChangeParams& to) {
  read_changes(member(from, "textDocument"), from, "contentChanges", to);
}

void read(json& from, DidCloseParams& to) {
  to.uri = take_string(member(from, "textDocument"), "uri");
}

void read(json& from, DidChangeFoldersParams& to) {
  json& event = member(from, "event");
  for (json& folder : expect(event, "added", &json::is_array, "a list")) {
    to.added.push_back(take_string(folder, "uri"));
  }
  for (json& folder : expect(event, "removed", &json::is_array, "a list")) {
    to.removed.push_back(take_string(folder, "uri"));
  }
}

std::vector<NotebookCell> cells_from(json list) {
  constexpr int code = 2;
  std::vector<NotebookCell> cells;
  for (json& cell : list) {
    cells.push_back({integer(cell, "kind") == code, take_string(cell, "document")});
  }
  return cells;
}

// The list `key`, which may be missing.
json take_list(json& object, const char* key) {
  return look_up(object, {key}).is_array() ? std::move(object[key]) : json::array();
}

std::vector<DidOpenParams> documents_from(json list) {
  std::vector<DidOpenParams> documents(list.size());
  for (size_t i = 0; i < list.size(); ++i) read_document(list[i], documents[i]);
  return documents;
}

std::vector<DidCloseParams> closed_from(json list) {
  std::vector<DidCloseParams> documents;
  for (json& document : list) documents.push_back({take_string(document, "uri")});
  return documents;
}

void read(json& from, NotebookOpenParams& to) {
  json& notebook = member(from, "notebookDocument");
  to.uri = take_string(notebook, "uri");
  to.cells = cells_from(take_list(notebook, "cells"));
  to.documents = documents_from(take_list(from, "cellTextDocuments"));
}

void read(json& from, NotebookChangeParams& to) {
  to.uri = take_string(member(from, "notebookDocument"), "uri");
  json& change = member(from, "change");
  if (!look_up(change, {"cells"}).is_object()) return;  // of metadata alone
  json& cells = change["cells"];
  if (look_up(cells, {"structure"}).is_object()) {
    json& structure = cells["structure"];
    json& array = member(structure, "array");
    to.splice =
        NotebookChangeParams::Splice{code_units(array, "start"), code_units(array, "deleteCount"),
                                     cells_from(take_list(array, "cells"))};
    to.opened = documents_from(take_list(structure, "didOpen"));
    to.closed = closed_from(take_list(structure, "didClose"));
  }
  json contents = take_list(cells, "textContent");
  for (json& changed : contents) {
    read_changes(member(changed, "document"), changed, "changes", to.changed.emplace_back());
  }
}

void read(json& from, NotebookCloseParams& to) {
  to.uri = take_string(member(from, "notebookDocument"), "uri");
  to.documents = closed_from(take_list(from, "cellTextDocuments"));
}

void read(json& from, CompletionParams& to) {
  to.uri = take_string(member(from, "textDocument"), "uri");
  to.position = position_from(member(from, "position"));
  // Invoked is 1 both for inline completion and for classic completion.
  to.invoked = look_up(from, {"context", "triggerKind"}) == 1;
  if (const json& selected = look_up(from, {"context", "selectedCompletionInfo"});
      selected.is_object()) {
    to.selected = SelectedCompletion{span_from(member(selected, "range")),
                                     expect(selected, "text", &json::is_string, "a string")};
  }
}

void read(json& from, CancelParams& to) {
  const json& id = member(from, "id");
  if (id.is_string()) {
    to.id = id.get<std::string>();
  } else {
    to.id = integer(from, "id");
  }
}

void read(json& from, ViewParams& to) {
  for (json& each : expect(from, "documents", &json::is_array, "a list")) {
    ViewParams::Document document{take_string(each, "uri"), {}, {}};
    for (const json& visible : take_list(each, "visible")) {
      document.visible.push_back(span_from(visible));
    }
    json diagnostics = take_list(each, "diagnostics");
    for (json& diagnostic : diagnostics) {
      const Span span = span_from(member(diagnostic, "range"));
      document.diagnostics.push_back({span, take_string(diagnostic, "message")});
    }
    to.documents.push_back(std::move(document));
  }
}

void read(json& from, ExecuteCommandParams& to) {
  to.command = take_string(from, "command");
  const json& arguments = look_up(from, {"arguments"});
  to.arguments = strings(arguments);
  const auto span = std::find_if(arguments.begin(), arguments.end(),
                                 [](const json& each) { return each.is_object(); });
  if (span != arguments.end()) to.span = span_from(*span);
}

void read(json& from, DocumentParams& to) {
  to.uri = take_string(member(from, "textDocument"), "uri");
}

void read(json& from, PlaceParams& to) {
  to.uri = take_string(member(from, "textDocument"), "uri");
  to.position = position_from(member(from, "position"));
}

void read(json& from, SpanParams& to) {
  to.uri = take_string(member(from, "textDocument"), "uri");
  to.span = span_from(member(from, "range"));
  to.only = strings(look_up(from, {"context", "only"}));
}

void read(json& from, AskParams& to) {
  to.conversation = take_string(from, "conversation");
  if (look_up(from, {"task"}).is_null()) {
    to.text = take_string(from, "text");
  } else {
    to.task = take_string(from, "task");
  }
  if (!look_up(from, {"textDocument"}).is_object()) return;
  to.uri = take_string(member(from, "textDocument"), "uri");
  to.span = span_from(member(from, "range"));
}

void read(json& from, StopParams& to) { to.conversation = take_string(from, "conversation"); }

void read(json& from, AnswerEnd& to) {
  to.conversation = take_string(from, "conversation");
  if (look_up(from, {"problem"}).is_string()) to.problem = take_string(from, "problem");
}

void read(json& from, CancelProgressParams& to) { to.token = take_string(from, "token"); }

void read(json& from, ProgressParams& to) {
  to.token = take_string(from, "token");
  to.ends = look_up(from, {"value", "kind"}) == "end";
}

void read(json& from, DidChangeConfigurationParams& to) {
  const json& settings = look_up(from, {"settings"});
  // Clients that are asked for settings send null here, and some send sections of other servers.
  if (const json& ours = look_up(settings, {"lemma"}); ours.is_object()) {
    to.settings = flatten(Payload(ours));
  }
}

}  // namespace

template <typename T>
base::Result<T> decode(Payload payload) {
  try {
    T result{};
    read(payload.value(), result);
    return result;
  } catch (const json::exception& error) {
    // "[json.exception.type_error.302] what is wrong"
    const std::string what = error.what();
    const size_t end = what.find("] ");
    return base::fail(end == std::string::npos ? what : what.substr(end + 2));
  }
}

template base::Result<InitializeParams> decode(Payload);
template base::Result<DidOpenParams> decode(Payload);
template base::Result<DidChangeParams> decode(Payload);
template base::Result<DidCloseParams> decode(Payload);
template base::Result<DidChangeFoldersParams> decode(Payload);
template base::Result<NotebookOpenParams> decode(Payload);
template base::Result<NotebookChangeParams> decode(Payload);
template base::Result<NotebookCloseParams> decode(Payload);
template base::Result<CompletionParams> decode(Payload);
template base::Result<CancelParams> decode(Payload);
template base::Result<DidChangeConfigurationParams> decode(Payload);
template base::Result<ProgressParams> decode(Payload);
template base::Result<ViewParams> decode(Payload);
template base::Result<ExecuteCommandParams> decode(Payload);
template base::Result<DocumentParams> decode(Payload);
template base::Result<PlaceParams> decode(Payload);
template base::Result<SpanParams> decode(Payload);
template base::Result<AskParams> decode(Payload);
template base::Result<StopParams> decode(Payload);
template base::Result<AnswerEnd> decode(Payload);
template base::Result<CancelProgressParams> decode(Payload);

std::string document_uri(const Payload& params) {
  const json& uri = look_up(params.value(), {"textDocument", "uri"});
  return uri.is_string() ? uri.get<std::string>() : "";
}

text::Encoding encoding_chosen(const Payload& result) {
  const json& name = look_up(result.value(), {"capabilities", "positionEncoding"});
  for (const auto encoding : {text::Encoding::utf8, text::Encoding::utf32}) {
    if (name == name_of(encoding)) return encoding;
  }
  return text::Encoding::utf16;
}

std::vector<Setting> decode_configuration(const Payload& result) {
  const json& sections = result.value();
  if (!sections.is_array() || sections.empty()) return {};
  return flatten(Payload(sections.front()));
}

}  // namespace lsp::wire
