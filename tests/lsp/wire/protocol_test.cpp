#include "lsp/wire/protocol.h"
#include "lsp/wire/progress.h"

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

using namespace lsp::wire;
using nlohmann::json;

namespace {

template <typename T>
lsp::wire::base::Result<T> decoded(const std::string& text) {
  return decode<T>(Payload(json::parse(text)));
}

template <typename T>
void check_refused(const std::string& text, const std::string& expected_part) {
  const auto result = decoded<T>(text);
  INFO(text);
  REQUIRE_FALSE(result.ok());
  INFO(result.message());
  CHECK(result.message().find(expected_part) != std::string::npos);
}

}  // namespace

TEST_CASE("initialize: what a client offers is understood, what it leaves out is absent") {
  const auto full = decoded<InitializeParams>(R"({
    "processId": 12, "clientInfo": {"name": "editor"},
    "workspaceFolders": [{"uri": "file:///w", "name": "w"}],
    "capabilities": {
      "general": {"positionEncodings": ["utf-16", "utf-8"]},
      "window": {"workDoneProgress": true},
      "workspace": {"configuration": true,
                    "didChangeConfiguration": {"dynamicRegistration": true}},
      "textDocument": {"inlineCompletion": {"dynamicRegistration": false}},
      "experimental": {"lemmaStatus": true}},
    "initializationOptions": {"completion": {"enabled": false, "exclude": ["a"]}, "x.y": 3}})");
  REQUIRE(full.ok());
  CHECK(full->process_id == 12);
  CHECK(full->client_name == "editor");
  CHECK(full->folders == std::vector<std::string>{"file:///w"});
  CHECK(full->capabilities.inline_completion);
  CHECK(full->capabilities.work_done_progress);
  CHECK(full->capabilities.configuration);
  CHECK(full->capabilities.configuration_events);
  CHECK(full->capabilities.status_events);
  REQUIRE(full->settings.size() == 3);
  CHECK(full->settings[0].key == "completion.enabled");
  CHECK(full->settings[0].value == SettingValue(false));
  CHECK(full->settings[1].value == SettingValue(std::vector<std::string>{"a"}));
  CHECK(full->settings[2].key == "x.y");

  const auto bare = decoded<InitializeParams>(
      R"({"processId": null, "capabilities": {"window": 5, "general": {"positionEncodings": 1}}})");
  REQUIRE(bare.ok());
  CHECK_FALSE(bare->process_id);
  CHECK_FALSE(bare->capabilities.inline_completion);
  CHECK_FALSE(bare->capabilities.work_done_progress);
  CHECK(bare->capabilities.position_encodings.empty());
  check_refused<InitializeParams>(R"({"processId": 1})", "'capabilities' is missing");
  check_refused<InitializeParams>("null", "'capabilities' is missing");
  check_refused<InitializeParams>(R"({"capabilities": {}, "workspaceFolders": [5]})",
                                  "'uri' is missing");
}

TEST_CASE("positions outside what a number can say are refused or clamped") {
  const auto at = [](const std::string& line) {
    return R"({"textDocument":{"uri":"file:///a"},"position":{"line":)" + line +
           R"(,"character":0}})";
  };
  CHECK(decoded<CompletionParams>(at("4"))->position.line == 4);
  CHECK(decoded<CompletionParams>(at("99999999999"))->position.line == 0xFFFFFFFF);
  check_refused<CompletionParams>(at("-1"), "'line' must be a whole number");
  check_refused<CompletionParams>(at("1.5"), "'line' must be a whole number");
  check_refused<CompletionParams>(at("\"1\""), "'line' must be a whole number");
  check_refused<CompletionParams>(R"({"position":{"line":0,"character":0}})",
                                  "'textDocument' is missing");
  check_refused<CompletionParams>("[]", "'textDocument' is missing");
  check_refused<CompletionParams>(R"({"textDocument":7})", "'uri' is missing");
  check_refused<CompletionParams>(R"({"textDocument":{"uri":"file:///a"}})",
                                  "'position' is missing");
}

TEST_CASE("inline completion: trigger and selected item") {
  const auto params = decoded<CompletionParams>(R"({
    "textDocument": {"uri": "file:///a"}, "position": {"line": 1, "character": 2},
    "context": {"triggerKind": 1, "selectedCompletionInfo": {"text": "print", "range":
      {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 2}}}}})");
  REQUIRE(params.ok());
  CHECK(params->invoked);
  REQUIRE(params->selected);
  CHECK(params->selected->text == "print");
  CHECK(params->selected->span.end.character == 2);
  const auto selecting = [](const std::string& selected) {
    return R"({"textDocument":{"uri":"file:///a"},"position":{"line":0,"character":0},)"
           R"("context":{"selectedCompletionInfo":)" +
           selected + "}}";
  };
  check_refused<CompletionParams>(selecting(R"({"text":"a"})"), "'range' is missing");
  check_refused<CompletionParams>(selecting(R"({"text":"a","range":null})"), "'start' is missing");
  check_refused<CompletionParams>(
      selecting(R"({"text":7,"range":{"start":{"line":0,"character":0},)"
                R"("end":{"line":0,"character":0}}})"),
      "'text' must be a string");
}

TEST_CASE("changes: a range or the whole text") {
  const auto params = decoded<DidChangeParams>(R"({
    "textDocument": {"uri": "file:///a", "version": 5},
    "contentChanges": [{"text": "whole"}, {"range": {"start": {"line": 0, "character": 1},
      "end": {"line": 0, "character": 2}}, "rangeLength": 1, "text": "x"}]})");
  REQUIRE(params.ok());
  CHECK(params->version == 5);
  REQUIRE(params->changes.size() == 2);
  CHECK_FALSE(params->changes[0].span);
  CHECK(params->changes[1].span->start.character == 1);
  check_refused<DidChangeParams>(R"({"textDocument":{"uri":"u"},"contentChanges":[{"text":7}]})",
                                 "'text' must be a string");
  check_refused<DidChangeParams>(R"({"textDocument":{"uri":"u"},"contentChanges":{}})",
                                 "'contentChanges' must be a list");
}

TEST_CASE("settings: only the section of lemma counts") {
  const auto ours =
      decoded<DidChangeConfigurationParams>(R"({"settings":{"lemma":{"a":1},"other":{"b":2}}})");
  REQUIRE(ours->settings);
  REQUIRE(ours->settings->size() == 1);
  CHECK(ours->settings->front().key == "a");
  CHECK_FALSE(decoded<DidChangeConfigurationParams>(R"({"settings":null})")->settings);
  CHECK_FALSE(decoded<DidChangeConfigurationParams>(R"({"settings":{"other":{}}})")->settings);
  CHECK(decode_configuration(Payload(json::parse(R"([{"completion":{"tokens":9}}])"))).size() == 1);
  CHECK(decode_configuration(Payload(json::parse("[null]"))).empty());
  CHECK(decode_configuration(Payload(json::parse("[]"))).empty());
}

TEST_CASE("completion items always carry a range and never a null") {
  const std::vector<CompletionItem> items{{"print(x)\n  done", {{3, 0}, {3, 4}}}};
  const json range =
      json::parse(R"({"start":{"line":3,"character":0},"end":{"line":3,"character":4}})");
  CHECK(encode_inline(items).value() ==
        json({{"items", {{{"insertText", "print(x)\n  done"}, {"range", range}}}}}));
  const Payload classic = encode_classic(items);
  const json& item = classic.value().at("items").at(0);
  CHECK(item.at("label") == "print(x)…");
  CHECK(item.at("filterText") == "print(x)");
  CHECK(item.at("preselect") == false);
  CHECK(item.at("textEdit") == json({{"range", range}, {"newText", "print(x)\n  done"}}));
}

TEST_CASE("the position encoding is utf-8 where offered, and utf-16 where nothing is") {
  using lsp::text::Encoding;
  CHECK(choose_encoding({"utf-16", "utf-8"}) == Encoding::utf8);
  CHECK(choose_encoding({"utf-32", "utf-16"}) == Encoding::utf16);
  CHECK(choose_encoding({"utf-32"}) == Encoding::utf32);
  CHECK(choose_encoding({}) == Encoding::utf16);
  CHECK(choose_encoding({"utf-7"}) == Encoding::utf16);
}
