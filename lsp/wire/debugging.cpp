#include "lsp/wire/debugging.h"

#include <nlohmann/json.hpp>

#include "lsp/wire/json_values.h"

namespace lsp::wire {
namespace {

using nlohmann::json;

json to_json(const Diagnostic& diagnostic) {
  json related = json::array();
  for (const auto& [uri, span, message] : diagnostic.related) {
    related.push_back(
        {{"location", {{"uri", uri}, {"range", to_json(span)}}}, {"message", message}});
  }
  return {{"range", to_json(diagnostic.span)},
          {"severity", static_cast<int>(diagnostic.severity)},
          {"source", "lemma"},
          {"message", diagnostic.message},
          {"relatedInformation", std::move(related)}};
}

json to_json(const TextEdit& edit) {
  return {{"range", to_json(edit.span)}, {"newText", edit.text}};
}

template <typename List>
json list_of(const List& items) {
  json list = json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return list;
}

json edit_of(const CodeAction& action, Edits edits) {
  json list = list_of(action.edits);
  if (edits == Edits::plain) return {{"changes", {{action.uri, std::move(list)}}}};
  json document{{"uri", action.uri}, {"version", action.version}};
  return {{"documentChanges",
           json::array({json{{"textDocument", std::move(document)}, {"edits", std::move(list)}}})}};
}

json command_of(const std::string& title, const std::string& command, const std::string& argument,
                const std::optional<Span>& about) {
  json arguments = json::array({argument});
  if (about) arguments.push_back(to_json(*about));
  return {{"title", title}, {"command", command}, {"arguments", std::move(arguments)}};
}

}  // namespace

Notification publish_diagnostics(const std::string& uri, std::optional<int64_t> version,
                                 const std::vector<Diagnostic>& diagnostics) {
  json params{{"uri", uri}, {"diagnostics", list_of(diagnostics)}};
  if (version) params["version"] = *version;
  return {"textDocument/publishDiagnostics", Payload(std::move(params))};
}

Payload encode(const std::vector<CodeAction>& actions, Edits edits) {
  json list = json::array();
  for (const CodeAction& action : actions) {
    json item{{"title", action.title}, {"kind", action.kind}};
    if (!action.id.empty()) item["data"] = action.id;
    if (!action.edits.empty()) item["edit"] = edit_of(action, edits);
    if (action.generated) item["tags"] = json::array({1});  // CodeActionTag.LLMGenerated
    if (!action.diagnostics.empty()) item["diagnostics"] = list_of(action.diagnostics);
    if (!action.command.empty()) {
      item["command"] = command_of(action.title, action.command, action.uri, action.about);
    }
    list.push_back(std::move(item));
  }
  return Payload(std::move(list));
}

Payload encode(const std::vector<CodeLens>& lenses) {
  json list = json::array();
  for (const auto& [span, title, command, argument, about] : lenses) {
    list.push_back(
        {{"range", to_json(span)}, {"command", command_of(title, command, argument, about)}});
  }
  return Payload(std::move(list));
}

Payload encode(const std::vector<InlayHint>& hints) {
  json list = json::array();
  for (const auto& [position, label, tooltip] : hints) {
    list.push_back({{"position", to_json(position)},
                    {"label", label},
                    {"tooltip", tooltip},
                    {"paddingLeft", true}});
  }
  return Payload(std::move(list));
}

Payload encode_hover(const std::string& markdown, const Span& span) {
  return Payload(
      json{{"contents", {{"kind", "markdown"}, {"value", markdown}}}, {"range", to_json(span)}});
}

Notification verdict(const std::string& uri, int64_t version, size_t passed, size_t tests,
                     bool better) {
  return {"lemma/verdict", Payload(json{{"uri", uri},
                                        {"version", version},
                                        {"passed", passed},
                                        {"tests", tests},
                                        {"better", better}})};
}

Request apply_edits(int64_t id, const std::string& title, const CodeAction& edit, Edits edits) {
  return {id, "workspace/applyEdit",
          Payload(json{{"label", title}, {"edit", edit_of(edit, edits)}})};
}

Request make_file(int64_t id, const std::string& title, const std::string& uri,
                  const std::string& text) {
  const TextEdit whole{{{0, 0}, {0, 0}}, text};
  json changes = json::array({json{{"kind", "create"}, {"uri", uri}},
                              json{{"textDocument", {{"uri", uri}, {"version", nullptr}}},
                                   {"edits", json::array({to_json(whole)})}}});
  return {id, "workspace/applyEdit",
          Payload(json{{"label", title}, {"edit", {{"documentChanges", std::move(changes)}}}})};
}

Request refresh(int64_t id, std::string method) { return {id, std::move(method), {}}; }

}  // namespace lsp::wire
