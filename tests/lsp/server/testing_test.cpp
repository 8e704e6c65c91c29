// Tests for a function over the wire: a command writes them, the client makes the file.

#include "tests/lsp/server/client.h"
#include "tests/lsp/server/gate.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::NewTests;
using lsp::server::Snapshot;
using lsp::server::Testable;

namespace testing_test {
namespace {

const std::string uri = "file:///project/work.py";
const std::string text = "def f():\n    return 1\n\n\nx = f()\n";

// A test double: it knows the function of the first line, and writes its tests once it may.
class Scripted : public lsp::server::Tester, public Gate {
 public:
  std::vector<Testable> functions(const Snapshot&) const override { return {{"f", {0, 21}}}; }
  lsp::server::base::Result<NewTests> write(const Snapshot&, const Testable&,
                                            std::stop_token stop) override {
    wait(stop);
    if (!error.empty()) return lsp::server::base::Error{error};
    return NewTests{"/project/test_work.py", "import unittest\n", "1 test passes; 2 of 3"};
  }
  std::string error;
};

struct Scene {
  std::shared_ptr<Scripted> tester = std::make_shared<Scripted>();
  std::optional<Client> client;

  explicit Scene(json operations = json::array({"create"}), bool trusted = true) {
    Setup setup;
    setup.tester = tester;
    client.emplace(std::move(setup));
    client->start({{"textDocument", {{"inlineCompletion", json::object()}}},
                   {"window", {{"workDoneProgress", true}}},
                   {"workspace",
                    {{"applyEdit", true},
                     {"workspaceEdit",
                      {{"documentChanges", true}, {"resourceOperations", std::move(operations)}}}}},
                   {"experimental", {{"lemmaTrusted", trusted}}}});
    client->open(uri, text, 1, "python");
  }
  static json at(int line) {
    const json position{{"line", line}, {"character", 0}};
    return {{"start", position}, {"end", position}};
  }
  json actions(int line) {
    return client
        ->call("textDocument/codeAction", {{"textDocument", {{"uri", uri}}},
                                           {"range", at(line)},
                                           {"context", {{"diagnostics", json::array()}}}})
        .at("result");
  }
  json execute(int line) {
    return client->call("workspace/executeCommand",
                        {{"command", "lemma.tests"}, {"arguments", json::array({uri, at(line)})}});
  }
  std::string message() { return client->message("window/showMessage").at("params").at("message"); }
};

}  // namespace

TEST_CASE("tests are offered where the function is, and come as a new file") {
  Scene scene;
  const json actions = scene.actions(1);
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].at("title") == "lemma: write tests for f()");
  CHECK(actions[0].at("command").at("arguments") == json::array({uri, Scene::at(1)}));
  CHECK(scene.actions(4).empty());
  scene.tester->go_on();
  CHECK(scene.execute(1).at("result").is_null());
  const json edit = scene.client->message("workspace/applyEdit");
  const json changes = edit.at("params").at("edit").at("documentChanges");
  CHECK(changes.at(0) == json{{"kind", "create"}, {"uri", "file:///project/test_work.py"}});
  CHECK(changes.at(1).at("textDocument").at("version").is_null());
  CHECK(changes.at(1).at("edits").at(0).at("newText") == "import unittest\n");
  CHECK(scene.message() == "lemma: test_work.py: 1 test passes; 2 of 3");
}

TEST_CASE("why there are no tests is said, and nothing is made") {
  Scene scene;
  scene.tester->go_on();
  scene.tester->error = "no test says anything";
  scene.execute(0);
  CHECK(scene.message() == "lemma: no test says anything");
  CHECK(scene.execute(4).at("error").at("message").get<std::string>().find(
            "there is no function here") == 0);
  for (const json& each : scene.client->others) {
    CHECK(each.value("method", "") != "workspace/applyEdit");
  }
}

TEST_CASE("an editor that makes no files is offered no tests, and told how to get them") {
  Scene scene(json::array({"rename"}));
  CHECK(scene.actions(1).empty());
  CHECK(scene.execute(1).at("error").at("message").get<std::string>().find("lemma tests FILE") !=
        std::string::npos);
}

TEST_CASE("tests are written for what is trusted alone, and for the text as it is") {
  Scene untrusted(json::array({"create"}), false);
  CHECK(untrusted.actions(1).empty());
  untrusted.execute(1);
  CHECK(untrusted.message().find("trust") != std::string::npos);
  Scene scene;
  scene.execute(1);
  scene.client->type(uri, 2, 4, 0, "y");
  scene.tester->wait_for_stop();
}

}  // namespace testing_test
