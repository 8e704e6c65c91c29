// Functions that are yet to be written, over the wire: a command searches, code actions offer.
#include <atomic>

#include "tests/lsp/server/client.h"
#include "tests/lsp/server/gate.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Fillings;
using lsp::server::Gap;
using lsp::server::Snapshot;

namespace filling_test {
namespace {

const std::string uri = "file:///project/work.py";
const std::string text = "def f(n):\n    pass\n\n\nx = f(1)\n";

// A test double: it knows the function of the first line, and fills it in once it may.
class Scripted : public lsp::server::Filler, public Gate {
 public:
  std::vector<Gap> gaps(const Snapshot& document) const override {
    if (untested || !document->text().starts_with("def f")) return {};
    return {{"f", {0, 18}, {14, 18}}};
  }
  lsp::server::base::Result<Fillings> fill(const Snapshot&, const Gap&,
                                           std::stop_token stop) override {
    wait(stop);
    if (!error.empty()) return lsp::server::base::Error{error};
    return result;
  }
  Fillings result{{{"return n", "import os\n    return n", true,
                    "passes 4 of 4 examples; nothing about as simple passes"}},
                  ""};
  std::string error;
  std::atomic<bool> untested = false;  // so that there is nothing to go by
};

struct Scene {
  std::shared_ptr<Scripted> filler = std::make_shared<Scripted>();
  std::optional<Client> client;

  explicit Scene(bool trusted = true, const std::string& locale = "") {
    Setup setup;
    setup.filler = filler;
    client.emplace(std::move(setup));
    client->start({{"textDocument", {{"inlineCompletion", json::object()}}},
                   {"general", {{"positionEncodings", {"utf-8"}}}},
                   {"window", {{"workDoneProgress", true}}},
                   {"workspace", {{"workspaceEdit", {{"documentChanges", true}}}}},
                   {"experimental", {{"lemmaTrusted", trusted}}}},
                  json::object(), locale);
    client->open(uri, text, 1, "python");
  }
  json execute(json more = json::array()) {
    json arguments = json::array({uri});
    for (json& each : more) arguments.push_back(std::move(each));
    return client->call("workspace/executeCommand",
                        {{"command", "lemma.fill"}, {"arguments", std::move(arguments)}});
  }
  json actions(int line, const char* only = nullptr) {
    json context{{"diagnostics", json::array()}};
    if (only != nullptr) context["only"] = json::array({only});
    return client
        ->call("textDocument/codeAction", {{"textDocument", {{"uri", uri}}},
                                           {"range", at(line, 0, 0)},
                                           {"context", std::move(context)}})
        .at("result");
  }
  static json at(int line, int begin, int end) {
    return {{"start", {{"line", line}, {"character", begin}}},
            {"end", {{"line", line}, {"character", end}}}};
  }
  std::string message() { return client->message("window/showMessage").at("params").at("message"); }
};

}  // namespace

TEST_CASE("a function to be filled in has a lens, and a code action within it") {
  Scene scene;
  const json lenses =
      scene.client->call("textDocument/codeLens", {{"textDocument", {{"uri", uri}}}}).at("result");
  REQUIRE(lenses.size() == 1);
  CHECK(lenses[0].at("range") == Scene::at(0, 0, 0));
  CHECK(lenses[0].at("command").at("command") == "lemma.fill");
  const json actions = scene.actions(1);
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].at("title") == "lemma: make f() pass its examples");
  CHECK(actions[0].at("command").at("arguments").at(0) == uri);
  CHECK(scene.actions(4).empty());
  CHECK(scene.actions(1, "quickfix").empty());
}

TEST_CASE("lenses, actions and refusals are in the language of the user") {
  const auto titles = [](const std::string& locale) {
    Scene scene(true, locale);
    const json lenses =
        scene.client->call("textDocument/codeLens", {{"textDocument", {{"uri", uri}}}})
            .at("result");
    return json::array(
        {lenses.at(0).at("command").at("title"), scene.actions(1).at(0).at("title")});
  };
  CHECK(titles("de-AT") ==
        json::array({"Mit lemma ausfüllen", "lemma: f() nach den Beispielen ausfüllen"}));
  CHECK(titles("zh-cn") == json::array({"用 lemma 使其通过", "lemma：让 f() 通过其示例"}));
  CHECK(titles("fr") ==
        json::array({"La compléter avec lemma", "lemma : faire passer les exemples de f()"}));
  Scene german(true, "de");
  german.filler->go_on();
  german.execute();
  CHECK(german.message() ==
        "lemma: f(): return n besteht 4 von 4 Beispielen; nothing about as simple passes; dort als "
        "Codeaktion angeboten");
  Scene untrusted(false, "de");
  untrusted.execute();
  CHECK(untrusted.message().starts_with("lemma: nichts wurde ausgeführt: /project/work.py"));
}

TEST_CASE("what was found is an edit of that version, with what was seen in its title") {
  Scene scene;
  scene.filler->go_on();
  CHECK(scene.execute().at("result").is_null());
  CHECK(scene.message() ==
        "lemma: f(): return n passes 4 of 4 examples; nothing about as simple passes; offered "
        "there as a code action");
  const json actions = scene.actions(0);
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].at("title") == "lemma: return n (passes 4 of 4 examples)");
  const json change = actions[0].at("edit").at("documentChanges").at(0);
  CHECK(change.at("textDocument") == json{{"uri", uri}, {"version", 1}});
  CHECK(change.at("edits") ==
        json::array({json{{"range", Scene::at(1, 4, 8)}, {"newText", "import os\n    return n"}}}));
}

TEST_CASE("bodies that differ are offered side by side, and none is called verified") {
  Scene scene;
  scene.filler->result.bodies = {{"return n", "return n", false, "passes 2 of 2 examples; but"},
                                 {"return 1", "return 1", false, "passes 2 of 2 examples; but"}};
  scene.filler->go_on();
  scene.execute(json::array({Scene::at(1, 0, 0)}));
  scene.message();
  const json actions = scene.actions(1);
  REQUIRE(actions.size() == 2);
  CHECK(actions[0].at("title") == "lemma: return n (not verified, passes 2 of 2 examples)");
  CHECK(actions[1].at("title") == "lemma: return 1 (not verified, passes 2 of 2 examples)");
}

TEST_CASE("what was found is gone as soon as the text changes") {
  Scene scene;
  scene.filler->go_on();
  scene.execute();
  scene.message();
  scene.client->type(uri, 2, 4, 0, "y");
  CHECK(scene.actions(1).at(0).at("title") == "lemma: make f() pass its examples");
}

TEST_CASE("after an edit that cannot be read nothing is offered, and nobody else is hurt") {
  Scene scene;
  CHECK(scene.actions(0).size() == 1);
  scene.client->notify("textDocument/didChange",
                       {{"textDocument", {{"uri", uri}, {"version", 2}}},
                        {"contentChanges", {{{"range", Scene::at(0, -1, 0)}, {"text", "x"}}}}});
  CHECK(scene.actions(0).empty());
  CHECK(scene.client->call("textDocument/codeLens", {{"textDocument", {{"uri", uri}}}})
            .at("result")
            .empty());
}

TEST_CASE("a function whose tests are written later is offered once they are there") {
  Scene scene;
  scene.filler->untested = true;
  CHECK(scene.actions(1).empty());
  scene.filler->untested = false;
  SECTION("they are saved") {
    scene.client->notify("textDocument/didSave",
                         {{"textDocument", {{"uri", "file:///project/test_work.py"}}}});
    CHECK(scene.actions(1).size() == 1);
  }
  SECTION("they come from elsewhere") {
    scene.filler->go_on();
    CHECK_FALSE(scene.execute().contains("error"));
    CHECK(scene.message().starts_with("lemma: f(): return n passes"));
  }
}

TEST_CASE("a change and a cancellation stop the search for a body") {
  Scene changed;
  changed.execute();
  changed.client->type(uri, 2, 4, 0, "y");
  changed.filler->wait_for_stop();
  Scene cancelled;
  cancelled.execute();
  const auto value = [&] {
    return cancelled.client->message("$/progress").at("params").at("value");
  };
  CHECK(value().at("title") == "lemma: filling in f()");
  cancelled.client->notify("window/workDoneProgress/cancel", {{"token", "lemma/fill/1"}});
  CHECK(value().at("message") == "cancelled");
  cancelled.filler->wait_for_stop();
}

TEST_CASE("why there is no body is said") {
  Scene scene;
  scene.filler->go_on();
  scene.filler->error = "there is no example of f()";
  scene.execute();
  CHECK(scene.message() == "lemma: there is no example of f()");
  scene.filler->error = "";
  scene.filler->result = {{}, "no small expression passes the 3 examples"};
  scene.execute();
  CHECK(scene.message() == "lemma: f(): no small expression passes the 3 examples");
  const json refused = scene.execute(json::array({Scene::at(4, 0, 0)}));
  CHECK(refused.at("error").at("message").get<std::string>().find("no function to be filled") !=
        std::string::npos);
}

TEST_CASE("in a folder that is not trusted no function is filled in") {
  Scene scene(false);
  CHECK(scene.actions(1).empty());
  scene.execute();
  CHECK(scene.message().find("trust") != std::string::npos);
}

}  // namespace filling_test
