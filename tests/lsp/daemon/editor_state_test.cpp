#include "lsp/daemon/editor_state.h"

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

using lsp::daemon::EditorState;
using nlohmann::json;

namespace {

constexpr const char* uri = "file:///a.py";

json message(json content) {
  content["jsonrpc"] = "2.0";
  return content;
}

void say(EditorState& state, const json& content) {
  const auto handed_on = state.from_editor(message(content).dump());
  REQUIRE(handed_on);
  CHECK(json::parse(*handed_on) == message(content));
}

std::optional<json> hear(EditorState& state, const json& content) {
  const auto handed_on = state.from_daemon(message(content).dump());
  if (!handed_on) return std::nullopt;
  return json::parse(*handed_on);
}

// An editor that has initialized a server which counts in `encoding`.
EditorState initialized(const char* encoding = "utf-8") {
  EditorState state;
  say(state, {{"id", 1}, {"method", "initialize"}, {"params", {{"processId", 7}}}});
  hear(state, {{"id", 1}, {"result", {{"capabilities", {{"positionEncoding", encoding}}}}}});
  say(state, {{"method", "initialized"}, {"params", json::object()}});
  return state;
}

void open(EditorState& state, const std::string& text) {
  say(state, {{"method", "textDocument/didOpen"},
              {"params",
               {{"textDocument",
                 {{"uri", uri}, {"languageId", "python"}, {"version", 1}, {"text", text}}}}}});
}

void edit(EditorState& state, int version, int begin, int end, const json& text) {
  const json range{{"start", {{"line", 0}, {"character", begin}}},
                   {"end", {{"line", 0}, {"character", end}}}};
  say(state, {{"method", "textDocument/didChange"},
              {"params",
               {{"textDocument", {{"uri", uri}, {"version", version}}},
                {"contentChanges", json::array({{{"range", range}, {"text", text}}})}}}});
}

std::vector<json> parsed(const std::vector<std::string>& bodies) {
  std::vector<json> result;
  for (const std::string& body : bodies) result.push_back(json::parse(body));
  return result;
}

}  // namespace

TEST_CASE("a new daemon is told of everything the old one knew") {
  EditorState state = initialized();
  say(state, {{"method", "workspace/didChangeConfiguration"}, {"params", {{"settings", nullptr}}}});
  open(state, "one");
  edit(state, 2, 3, 3, " two");
  edit(state, 5, 0, 1, "O");
  CHECK(state.lose_daemon().empty());
  const auto told = parsed(state.introduction());
  REQUIRE(told.size() == 4);
  CHECK(told[0].at("method") == "initialize");
  CHECK(told[0].at("params") == json{{"processId", 7}});
  CHECK(told[1].at("method") == "initialized");
  CHECK(told[2].at("method") == "workspace/didChangeConfiguration");
  CHECK(told[3].at("method") == "textDocument/didOpen");
  CHECK(told[3].at("params").at("textDocument") ==
        json{{"uri", uri}, {"languageId", "python"}, {"version", 5}, {"text", "One two"}});
  // The editor has had its answer to `initialize`.
  CHECK_FALSE(hear(state, {{"id", told[0].at("id")}, {"result", json::object()}}));
}

TEST_CASE("edits are followed in the encoding that the server chose") {
  for (const auto& [encoding, end] :
       {std::pair("utf-8", 4), std::pair("utf-16", 2), std::pair("utf-32", 1)}) {
    EditorState state = initialized(encoding);
    open(state, "😀x");
    edit(state, 2, end, end, "-");
    CHECK(parsed(state.introduction()).back().at("params").at("textDocument").at("text") == "😀-x");
  }
}

TEST_CASE("a document that is closed, or whose edit could not be read, is not opened again") {
  EditorState state = initialized();
  open(state, "one");
  edit(state, 2, 0, 0, 7);
  CHECK(state.introduction().size() == 2);
  open(state, "two");
  CHECK(state.introduction().size() == 3);
  say(state, {{"method", "textDocument/didClose"}, {"params", {{"textDocument", {{"uri", uri}}}}}});
  CHECK(state.introduction().size() == 2);
}

TEST_CASE("folders and notebooks are made known again") {
  EditorState state = initialized();
  const json folders{
      {"method", "workspace/didChangeWorkspaceFolders"},
      {"params", {{"event", {{"added", json::array()}, {"removed", json::array()}}}}}};
  say(state, folders);
  const auto cell = [](int number, const char* text) {
    return json{{"uri", "vscode-notebook-cell:/n#" + std::to_string(number)},
                {"languageId", "python"},
                {"version", 1},
                {"text", text}};
  };
  const json code{{"kind", 2}, {"document", "vscode-notebook-cell:/n#1"}};
  say(state, {{"method", "notebookDocument/didOpen"},
              {"params",
               {{"notebookDocument", {{"uri", "file:///n"}, {"cells", json::array({code})}}},
                {"cellTextDocuments", json::array({cell(1, "one")})}}}});
  const json second{{"kind", 2}, {"document", "vscode-notebook-cell:/n#2"}};
  const json array{{"start", 1}, {"deleteCount", 0}, {"cells", json::array({second})}};
  const json structure{{"array", array}, {"didOpen", json::array({cell(2, "two")})}};
  say(state, {{"method", "notebookDocument/didChange"},
              {"params",
               {{"notebookDocument", {{"uri", "file:///n"}}},
                {"change", {{"cells", {{"structure", structure}}}}}}}});
  const auto told = parsed(state.introduction());
  REQUIRE(told.size() == 6);
  CHECK(told[2] == message(folders));
  CHECK(told[3].at("params").at("textDocument") == cell(1, "one"));
  CHECK(told[4].at("params").at("textDocument") == cell(2, "two"));
  CHECK(told[5].at("params").at("notebookDocument").at("cells") == json::array({code, second}));
  say(state, {{"method", "notebookDocument/didClose"},
              {"params",
               {{"notebookDocument", {{"uri", "file:///n"}}},
                {"cellTextDocuments", json::array({cell(1, ""), cell(2, "")})}}}});
  CHECK(state.introduction().size() == 3);
}

TEST_CASE("an editor that has said nothing needs no introduction") {
  EditorState state;
  CHECK(state.lose_daemon().empty());
  CHECK(state.introduction().empty());
}

TEST_CASE("initialize is asked again where the daemon died before it answered") {
  EditorState state;
  say(state, {{"id", "a"}, {"method", "initialize"}, {"params", json::object()}});
  CHECK(state.lose_daemon().empty());
  REQUIRE(state.introduction().size() == 1);
  CHECK(json::parse(state.introduction()[0]).at("id") == "a");
  CHECK(hear(state, {{"id", "a"}, {"result", json::object()}}));
}

TEST_CASE("what was asked of a dead daemon is answered once") {
  EditorState state = initialized();
  say(state, {{"id", 2}, {"method", "textDocument/inlineCompletion"}, {"params", json::object()}});
  say(state, {{"id", 3}, {"method", "textDocument/hover"}, {"params", json::object()}});
  say(state, {{"id", 4}, {"method", "workspace/executeCommand"}, {"params", json::object()}});
  say(state, {{"id", 5}, {"method", "lemma/status"}});
  hear(state, {{"id", 5}, {"result", json::object()}});
  const auto owed = parsed(state.lose_daemon());
  REQUIRE(owed.size() == 3);
  CHECK(owed[0] == message({{"id", 2}, {"result", nullptr}}));
  CHECK(owed[1].at("error").at("code") == -32801);
  CHECK(owed[2].at("error").at("code") == -32603);
  CHECK(state.lose_daemon().empty());
}

TEST_CASE("progress that was begun is ended") {
  EditorState state = initialized();
  const auto progress = [&](const char* kind) {
    hear(state, {{"method", "$/progress"},
                 {"params", {{"token", "lemma/model"}, {"value", {{"kind", kind}}}}}});
  };
  progress("begin");
  const auto owed = parsed(state.lose_daemon());
  REQUIRE(owed.size() == 1);
  CHECK(owed[0].at("params").at("token") == "lemma/model");
  CHECK(owed[0].at("params").at("value").at("kind") == "end");
  progress("begin");
  progress("end");
  CHECK(state.lose_daemon().empty());
}

TEST_CASE("what is lost of conversations is said, once and of those that were begun") {
  EditorState state = initialized();
  const auto ask = [&](int id) {
    say(state, {{"id", id},
                {"method", "lemma/ask"},
                {"params", {{"conversation", "c-1"}, {"text", "why?"}}}});
  };
  ask(2);
  CHECK(parsed(state.lose_daemon()).at(0).contains("error"));  // and no end
  ask(3);
  hear(state, {{"id", 3}, {"result", json::object()}});
  const auto owed = parsed(state.lose_daemon());
  REQUIRE(owed.size() == 1);
  CHECK(owed[0].at("method") == "lemma/end");
  CHECK(owed[0].at("params").at("conversation") == "c-1");
  ask(4);
  hear(state, {{"id", 4}, {"result", json::object()}});
  hear(state, {{"method", "lemma/end"}, {"params", {{"conversation", "c-1"}}}});
  ask(5);
  hear(state, {{"id", 5}, {"error", {{"code", -32602}, {"message", "there is no question"}}}});
  const auto lost = parsed(state.lose_daemon());  // nothing is under way, and its memory is gone
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].at("method") == "lemma/end");
  CHECK(lost[0].at("params").at("problem").get<std::string>().find("forgotten") !=
        std::string::npos);
  ask(6);
  hear(state, {{"id", 6}, {"error", {{"code", -32602}, {"message", "there is no question"}}}});
  ask(7);
  hear(state, {{"id", 7}, {"result", json::object()}});
  hear(state, {{"method", "lemma/end"},
               {"params", {{"conversation", "c-1"}, {"problem", "nobody answers"}}}});
  CHECK(state.lose_daemon().empty());
}

TEST_CASE("answers to a dead daemon's questions reach nobody") {
  EditorState state = initialized();
  const json question{{"id", 1}, {"method", "workspace/configuration"}, {"params", json::object()}};
  CHECK(hear(state, question)->at("id") == 1);
  state.lose_daemon();
  const json again = *hear(state, question);
  CHECK(again.at("id") != 1);
  CHECK_FALSE(state.from_editor(message({{"id", 1}, {"result", nullptr}}).dump()));
  const auto handed_on =
      state.from_editor(message({{"id", again.at("id")}, {"result", json::array({7})}}).dump());
  REQUIRE(handed_on);
  CHECK(json::parse(*handed_on) == message({{"id", 1}, {"result", json::array({7})}}));
}

TEST_CASE("an editor that has shut down wants no other daemon") {
  EditorState state = initialized();
  CHECK(state.wants_daemon());
  say(state, {{"id", 9}, {"method", "shutdown"}});
  CHECK_FALSE(state.wants_daemon());
  CHECK(parsed(state.lose_daemon()) == std::vector{message({{"id", 9}, {"result", nullptr}})});
  say(state, {{"method", "exit"}});
  CHECK(state.has_left());
}

TEST_CASE("what is no message is handed on, for the daemon to answer") {
  EditorState state;
  CHECK(state.from_editor("{") == "{");
  CHECK(state.from_editor("[]") == "[]");
}
