#include <nlohmann/json.hpp>

#include "lsp/wire/explanation.h"
#include "lsp/wire/json_values.h"
#include "lsp/wire/notebook.h"
#include "lsp/wire/progress.h"
#include "lsp/wire/protocol.h"
#include "lsp/wire/usage.h"

namespace lsp::wire {
namespace {

using nlohmann::json;

constexpr size_t max_label_bytes = 60;

// The first line that says something, for a menu.
std::string label_of(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "…";
  const size_t end = text.find_first_of("\r\n", begin);
  std::string label = text.substr(begin, end == std::string::npos ? end : end - begin);
  if (label.size() <= max_label_bytes && end == std::string::npos) return label;
  size_t cut = std::min(label.size(), max_label_bytes);
  while (cut > 0 && cut < label.size() && (static_cast<uint8_t>(label[cut]) & 0xC0) == 0x80) --cut;
  return label.substr(0, cut) + "…";
}

json to_json(const Evidence& evidence) {
  json changes = json::array();
  for (const auto& [title, diff, said, taken] : evidence.changes) {
    changes.push_back({{"title", title}, {"diff", diff}, {"said", said}, {"taken", taken}});
  }
  return {{"name", evidence.name},
          {"failure", evidence.failure},
          {"changes", std::move(changes)},
          {"latest", evidence.is_latest}};
}

}  // namespace

Payload encode(const ServerCapabilities& server) {
  json capabilities{
      {"positionEncoding", name_of(server.encoding)},
      {"textDocumentSync", {{"openClose", true}, {"change", 2}, {"save", true}}},
      {"notebookDocumentSync", {{"notebookSelector", json::array({json{{"notebook", "*"}}})}}},
      {"workspace", {{"workspaceFolders", {{"supported", true}, {"changeNotifications", true}}}}},
  };
  if (server.inline_completion) {
    capabilities["inlineCompletionProvider"] = true;
  } else {
    capabilities["completionProvider"] = {{"resolveProvider", false}};
  }
  if (!server.commands.empty()) {
    capabilities.update(
        {{"executeCommandProvider", {{"commands", server.commands}}},
         {"codeActionProvider", {{"codeActionKinds", {"quickfix", "refactor", "source"}}}},
         {"codeLensProvider", json::object()},
         {"hoverProvider", true},
         {"inlayHintProvider", true}});
  }
  return Payload(json{{"capabilities", std::move(capabilities)},
                      {"serverInfo", {{"name", "lemma"}, {"version", server.version}}}});
}

Payload encode_inline(const std::vector<CompletionItem>& items) {
  json list = json::array();
  for (const CompletionItem& item : items) {
    list.push_back({{"insertText", item.text}, {"range", to_json(item.span)}});
  }
  return Payload(json{{"items", std::move(list)}});
}

Payload encode_classic(const std::vector<CompletionItem>& items) {
  constexpr int plain_text = 1;
  constexpr int as_is = 1;
  json list = json::array();
  for (const CompletionItem& item : items) {
    list.push_back({{"label", label_of(item.text)},
                    {"detail", "lemma"},
                    {"filterText", item.text.substr(0, item.text.find_first_of("\r\n"))},
                    {"sortText", "~lemma"},  // after what other servers know for certain
                    {"preselect", false},
                    {"insertTextFormat", plain_text},
                    {"insertTextMode", as_is},
                    {"textEdit", {{"range", to_json(item.span)}, {"newText", item.text}}}});
  }
  return Payload(json{{"isIncomplete", true}, {"items", std::move(list)}});
}

Payload encode(const Status& status) {
  json result{{"state", status.state},     {"message", status.message},
              {"model", status.model},     {"backend", status.backend},
              {"device", status.device},   {"busy", status.busy},
              {"version", status.version}, {"memoryBytes", status.memory_bytes}};
  if (status.last_ms) result["lastMs"] = *status.last_ms;
  if (!status.adapter.empty()) result["adapter"] = status.adapter;
  if (!status.asks.empty()) result["asks"] = status.asks;
  return Payload(std::move(result));
}

Payload encode(std::string_view model, const std::deque<Explanation>& explanations,
               const std::optional<Evidence>& evidence) {
  json answers = json::array();
  for (const Explanation& each : explanations) {
    const Provenance& from = each.provenance;
    json answer{{"uri", each.uri}, {"position", to_json(each.position)}, {"ms", each.ms}};
    if (each.text.empty()) {
      answer["silence"] = from.silence;
    } else {
      answer["text"] = each.text;
      if (from.probability) answer["probability"] = *from.probability;
      if (from.model_probability) answer["modelProbability"] = *from.model_probability;
    }
    if (each.span) answer["range"] = to_json(*each.span);
    if (from.prompt_tokens > 0) {
      answer.update({{"promptTokens", from.prompt_tokens},
                     {"cachedTokens", from.cached_tokens},
                     {"generatedTokens", from.generated_tokens},
                     {"acceptedTokens", from.accepted_tokens},
                     {"contextTokens", from.context_tokens},
                     {"contextMs", from.context_ms},
                     {"waitMs", from.wait_ms},
                     {"prefillMs", from.prefill_ms},
                     {"decodeMs", from.decode_ms}});
    }
    if (!from.adapter.empty()) answer["adapter"] = from.adapter;
    for (const auto& [text, probability] : each.others) {
      json& other = answer["others"].emplace_back(json{{"text", text}});
      if (probability) other["probability"] = *probability;
    }
    json sources = json::array();
    for (const auto& [what, why, tokens] : from.sources) {
      sources.push_back({{"what", what}, {"why", why}, {"tokens", tokens}});
    }
    answer["sources"] = std::move(sources);
    for (const auto& [token, layers] : from.experts) {
      answer["experts"].push_back({{"token", token}, {"layers", layers}});
    }
    answers.push_back(std::move(answer));
  }
  json result{{"model", model}, {"answers", std::move(answers)}};
  if (evidence) result["fix"] = to_json(*evidence);
  return Payload(std::move(result));
}

Payload encode(const Usage& usage, std::string_view summary) {
  json steps = json::array();
  for (const Usage::Step& step : usage.steps) {
    steps.push_back({{"ended", step.ended}, {"taken", step.taken}});
  }
  json result{{"summary", summary},
              {"shown", usage.shown},
              {"accepted", usage.accepted},
              {"acceptedPartly", usage.accepted_partly},
              {"typed", usage.typed},
              {"dismissed", usage.dismissed},
              {"kept", usage.kept},
              {"lookedAgain", usage.looked_again},
              {"charactersSaved", usage.saved},
              {"leastProbability", usage.least_probability},
              {"steps", std::move(steps)}};
  if (usage.shown > 0) result["meanMs"] = usage.ms / static_cast<double>(usage.shown);
  return Payload(std::move(result));
}

Notification show_message(MessageType type, std::string_view message) {
  return {"window/showMessage",
          Payload(json{{"type", static_cast<int>(type)}, {"message", message}})};
}

Notification progress(std::string_view token, const Progress& progress) {
  const json value = progress.kind == Progress::Kind::begin
                         ? json{{"kind", "begin"},
                                {"title", progress.text},
                                {"cancellable", progress.cancel == Progress::Cancel::yes}}
                         : json{{"kind", progress.kind == Progress::Kind::end ? "end" : "report"},
                                {"message", progress.text}};
  return {"$/progress", Payload(json{{"token", token}, {"value", value}})};
}

Notification did_open(const text::Document& document) {
  json opened{{"uri", document.uri()},
              {"languageId", document.language_id()},
              {"version", document.version()},
              {"text", document.text()}};
  return {"textDocument/didOpen", Payload(json{{"textDocument", std::move(opened)}})};
}

Notification did_open_notebook(const std::string& uri, const std::vector<NotebookCell>& cells) {
  json list = json::array();
  for (const NotebookCell& cell : cells) {
    list.push_back({{"kind", cell.is_code ? 2 : 1}, {"document", cell.document}});
  }
  json notebook{{"uri", uri}, {"version", 0}, {"cells", std::move(list)}};
  return {"notebookDocument/didOpen", Payload(json{{"notebookDocument", std::move(notebook)},
                                                   {"cellTextDocuments", json::array()}})};
}

Request create_progress(int64_t id, std::string_view token) {
  return {id, "window/workDoneProgress/create", Payload(json{{"token", token}})};
}

Request ask_configuration(int64_t id) {
  json item{{"section", "lemma"}};
  return {id, "workspace/configuration", Payload(json{{"items", json::array({std::move(item)})}})};
}

Request register_configuration(int64_t id) {
  json registration{{"id", "lemma/configuration"},
                    {"method", "workspace/didChangeConfiguration"},
                    {"registerOptions", {{"section", "lemma"}}}};
  return {id, "client/registerCapability",
          Payload(json{{"registrations", json::array({std::move(registration)})}})};
}

std::string_view name_of(text::Encoding encoding) {
  switch (encoding) {
    case text::Encoding::utf8:
      return "utf-8";
    case text::Encoding::utf16:
      return "utf-16";
    case text::Encoding::utf32:
      return "utf-32";
  }
  return "";
}

text::Encoding choose_encoding(const std::vector<std::string>& offered) {
  using text::Encoding;
  for (const Encoding preferred : {Encoding::utf8, Encoding::utf16, Encoding::utf32}) {
    for (const std::string& name : offered) {
      if (name == name_of(preferred)) return preferred;
    }
  }
  return Encoding::utf16;
}

}  // namespace lsp::wire
