// Formulas over the wire: lenses and code actions where they stand, the steps by an edit of the
// client's, hints one by one.

#include "tests/lsp/server/client.h"
#include "tests/lsp/server/gate.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Formula;
using lsp::server::Worked;

namespace solving_test {
namespace {

const std::string uri = "file:///project/notes.py";
const std::string text = "# 1 + 1 =\nprint(3)\n";

// A test double: it knows the formula in the first line, and works it out once it may.
class Scripted : public lsp::server::Solver, public Gate {
 public:
  std::vector<Formula> asked(const lsp::text::Document& document) const override {
    if (document.line(0).find("1 + 1 =") == std::string_view::npos) return {};
    return {{"1 + 1", {2, 9}}};
  }
  std::optional<Formula> formula_in(const lsp::text::Document& document,
                                    lsp::text::Range selection) const override {
    if (document.line_at(selection.begin) != 0) return std::nullopt;
    return Formula{"1 + 1", {2, 9}, in_words};
  }
  lsp::server::base::Result<Worked> work_out(const lsp::text::Document&, const Formula& formula,
                                             const std::string& locale, const At& at,
                                             std::stop_token stop) override {
    at("thinking");
    asked_for = formula.text + " in " + locale;
    wait(stop);
    if (!error.empty()) return lsp::server::base::Error{error};
    return Worked{{{{9, 9}, " 2"}, {{9, 9}, "\n# 1. add: 2"}}, {"add: 2", "done: 2"}, ""};
  }
  bool in_words = false;
  std::string asked_for;
  std::string error;
};

json at(int line, int begin, int end) {
  return {{"start", {{"line", line}, {"character", begin}}},
          {"end", {{"line", line}, {"character", end}}}};
}

struct Scene {
  std::shared_ptr<Scripted> solver = std::make_shared<Scripted>();
  std::optional<Client> client;

  explicit Scene(bool applies_edits = true, const std::string& locale = "") {
    Setup setup;
    setup.solver = solver;
    client.emplace(std::move(setup));
    client->start(
        {{"textDocument", {{"inlineCompletion", json::object()}}},
         {"general", {{"positionEncodings", {"utf-8"}}}},
         {"window", {{"workDoneProgress", true}}},
         {"workspace",
          {{"applyEdit", applies_edits}, {"workspaceEdit", {{"documentChanges", true}}}}}},
        json::object(), locale);
    client->open(uri, text, 1, "python");
  }
  json execute(const std::string& command, json more = json::array()) {
    json arguments = json::array({uri});
    for (json& each : more) arguments.push_back(std::move(each));
    return client->call("workspace/executeCommand",
                        {{"command", command}, {"arguments", std::move(arguments)}});
  }
  json ask(const std::string& method, json params) {
    params["textDocument"] = {{"uri", uri}};
    return client->call(method, std::move(params)).at("result");
  }
  json actions(int line) {
    return ask("textDocument/codeAction",
               {{"range", at(line, 3, 3)}, {"context", {{"diagnostics", json::array()}}}});
  }
};

}  // namespace

TEST_CASE("a formula that asks has a lens, and code actions around it") {
  Scene scene;
  const json lenses = scene.ask("textDocument/codeLens", json::object());
  REQUIRE(lenses.size() == 1);
  CHECK(lenses[0].at("range") == at(0, 2, 9));
  CHECK(lenses[0].at("command").at("title") == "Solve with lemma");
  CHECK(lenses[0].at("command").at("arguments") == json::array({uri, at(0, 2, 9)}));
  const json actions = scene.actions(0);
  REQUIRE(actions.size() == 2);
  CHECK(actions[0].at("title") == "lemma: solve 1 + 1");
  CHECK(actions[0].at("kind") == "refactor");
  CHECK(actions[0].at("command").at("arguments") == json::array({uri, at(0, 3, 3)}));
  CHECK(actions[1].at("command").at("command") == "lemma.hint");
  CHECK(scene.actions(1).empty());
}

TEST_CASE("code actions and the count of steps are in the language of the user") {
  Scene scene(true, "fr");
  const json actions = scene.actions(0);
  REQUIRE(actions.size() == 2);
  CHECK(actions[0].at("title") == "lemma : résoudre 1 + 1");
  CHECK(actions[1].at("title") == "lemma : un indice pour 1 + 1");
  scene.solver->go_on();
  scene.execute("lemma.hint");
  CHECK(scene.client->message("window/showMessage").at("params").at("message") ==
        "lemma: étape 1 sur 2 : add: 2");
}

TEST_CASE("code actions of other kinds are left out where only those are wanted") {
  Scene scene;
  const auto count = [&](const char* kind) {
    return scene
        .ask("textDocument/codeAction",
             {{"range", at(0, 3, 3)},
              {"context", {{"diagnostics", json::array()}, {"only", json::array({kind})}}}})
        .size();
  };
  CHECK(count("quickfix") == 0);
  CHECK(count("refactor") == 2);
}

TEST_CASE("the answer and its steps come as an edit of that version") {
  Scene scene;
  scene.solver->go_on();
  CHECK(scene.execute("lemma.solve", json::array({at(0, 2, 9)})).at("result").is_null());
  const json edit = scene.client->message("workspace/applyEdit");
  scene.client->answer(edit.at("id"), {{"applied", true}});
  const json change = edit.at("params").at("edit").at("documentChanges").at(0);
  CHECK(change.at("textDocument") == json{{"uri", uri}, {"version", 1}});
  CHECK(change.at("edits") ==
        json::array({json{{"range", at(0, 9, 9)}, {"newText", " 2"}},
                     json{{"range", at(0, 9, 9)}, {"newText", "\n# 1. add: 2"}}}));
}

TEST_CASE("without a span the command is about the document's one formula") {
  Scene scene;
  scene.solver->go_on();
  scene.execute("lemma.solve");
  scene.client->message("workspace/applyEdit");
  scene.client->type(uri, 2, 0, 0, "xx");
  CHECK(scene.execute("lemma.solve", json::array({at(1, 0, 0)}))
            .at("error")
            .at("message")
            .get<std::string>()
            .find("there is no formula here") == 0);
}

TEST_CASE("an edit that comes too late is dropped") {
  Scene scene;
  scene.execute("lemma.solve", json::array({at(0, 2, 9)}));
  scene.client->type(uri, 2, 1, 0, "x");
  scene.solver->wait_for_stop();
  scene.client->call("lemma/status", nullptr);
  for (const json& each : scene.client->others) {
    CHECK(each.value("method", "") != "workspace/applyEdit");
  }
}

TEST_CASE("what it is at is told, and its end") {
  Scene scene;
  scene.execute("lemma.solve", json::array({at(0, 2, 9)}));
  const auto value = [&] { return scene.client->message("$/progress").at("params").at("value"); };
  CHECK(value().at("title") == "lemma: solving 1 + 1");
  CHECK(value().at("message") == "thinking");
  scene.client->notify("window/workDoneProgress/cancel", {{"token", "lemma/solve/1"}});
  CHECK(value().at("message") == "cancelled");
  scene.solver->wait_for_stop();
}

TEST_CASE("hints come one by one, and then from the start") {
  Scene scene(false);  // they need no edits
  scene.solver->go_on();
  const auto hint = [&] {
    scene.execute("lemma.hint", json::array({at(0, 3, 3)}));
    return scene.client->message("window/showMessage").at("params").at("message");
  };
  CHECK(hint() == "lemma: step 1 of 2: add: 2");
  CHECK(hint() == "lemma: step 2 of 2: done: 2");
  CHECK(hint() == "lemma: step 1 of 2: add: 2");
}

TEST_CASE("a problem in words is not worked out for hints, which it has none of") {
  Scene scene;
  scene.solver->in_words = true;
  const json actions = scene.actions(0);
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].at("command").at("command") == "lemma.solve");
  const json refused = scene.execute("lemma.hint", json::array({at(0, 2, 9)}));
  CHECK(refused.at("error").at("message") == "there are no hints for a problem in words");
  CHECK(scene.solver->asked_for.empty());
}

TEST_CASE("a hint that is asked for again before it is there is waited for") {
  Scene scene(false);
  const auto message = [&] {
    return scene.client->message("window/showMessage").at("params").at("message");
  };
  scene.execute("lemma.hint", json::array({at(0, 3, 3)}));
  scene.execute("lemma.hint", json::array({at(0, 3, 3)}));
  CHECK(message() == "lemma: still solving 1 + 1");
  scene.solver->go_on();
  CHECK(message() == "lemma: step 1 of 2: add: 2");
}

TEST_CASE("an editor that takes no edits is offered none, and told why") {
  Scene scene(false);
  CHECK(scene.ask("textDocument/codeLens", json::object()).empty());
  CHECK(scene.actions(0).size() == 1);
  const json error = scene.execute("lemma.solve", json::array({at(0, 2, 9)})).at("error");
  CHECK(error.at("message").get<std::string>().find("workspace/applyEdit") != std::string::npos);
}

TEST_CASE("why there is no answer is shown") {
  Scene scene;
  scene.solver->error = "no answer was found within 30 s";
  scene.solver->go_on();
  scene.execute("lemma.solve", json::array({at(0, 2, 9)}));
  CHECK(scene.client->message("window/showMessage").at("params").at("message") ==
        "lemma: no answer was found within 30 s");
}

}  // namespace solving_test
