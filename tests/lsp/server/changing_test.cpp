// Changes by instruction, over the wire: a command brings the words, and what comes of them is a
// notification to clients that show changes, else a code action.
#include "tests/lsp/server/client.h"
#include "tests/lsp/server/gate.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Changed;
using lsp::server::ChangeQuestion;

namespace changing_test {
namespace {

const std::string uri = "file:///project/work.py";
const std::string text = "def f(n):\n    return n\n\n\nx = f(1)\n";

class Scripted : public lsp::server::Changer, public Gate {
 public:
  lsp::server::base::Result<Changed> change(const ChangeQuestion& question,
                                            const std::function<void(const std::string&)>& how_far,
                                            std::stop_token stop) override {
    asked = question;
    how_far("scripted thinks");
    wait(stop);
    if (!error.empty()) return lsp::server::base::Error{error};
    return result;
  }
  Changed result{{0, 22},
                 {10, 22},
                 "    return -n",
                 Changed::Seen::passes,
                 {"passes 4 of 4 tests", "f(1) gives -1, before 1"},
                 "scripted"};
  std::string error;
  ChangeQuestion asked;
};

struct Scene {
  std::shared_ptr<Scripted> changer = std::make_shared<Scripted>();
  std::optional<Client> client;

  explicit Scene(bool shows = true, bool trusted = true) {
    Setup setup;
    setup.changer = changer;
    client.emplace(std::move(setup));
    client->start({{"textDocument", {{"inlineCompletion", json::object()}}},
                   {"general", {{"positionEncodings", {"utf-8"}}}},
                   {"window", {{"workDoneProgress", true}}},
                   {"workspace", {{"workspaceEdit", {{"documentChanges", true}}}}},
                   {"experimental", {{"lemmaTrusted", trusted}, {"lemmaChanges", shows}}}});
    client->open(uri, text, 1, "python");
  }
  json execute(json arguments, const char* command = "lemma.change") {
    return client->call("workspace/executeCommand",
                        {{"command", command}, {"arguments", std::move(arguments)}});
  }
  json change() { return execute({uri, "negate it", at(1, 4, 10)}); }
  json actions(int line) {
    return client
        ->call("textDocument/codeAction", {{"textDocument", {{"uri", uri}}},
                                           {"range", at(line, 0, 0)},
                                           {"context", {{"diagnostics", json::array()}}}})
        .at("result");
  }
  static json at(int line, int begin, int end) {
    return {{"start", {{"line", line}, {"character", begin}}},
            {"end", {{"line", line}, {"character", end}}}};
  }
};

}  // namespace

TEST_CASE("a client that shows changes is told of it, with what was seen") {
  Scene scene;
  scene.changer->go_on();
  CHECK(scene.change().at("result").is_null());
  const json told = scene.client->message("lemma/changed").at("params");
  CHECK(told == json{{"uri", uri},
                     {"version", 1},
                     {"range",
                      {{"start", {{"line", 1}, {"character", 0}}},
                       {"end", {{"line", 1}, {"character", 12}}}}},
                     {"newText", "    return -n"},
                     {"seen", "passes"},
                     {"evidence", {"passes 4 of 4 tests", "f(1) gives -1, before 1"}},
                     {"author", "scripted"}});
  const ChangeQuestion& asked = scene.changer->asked;
  CHECK(asked.instruction == "negate it");
  CHECK(asked.selection == lsp::text::Range{14, 20});
  CHECK(asked.may_run);
  const json folder{{"uri", "file:///project"}, {"name", "project"}};
  scene.client->notify("workspace/didChangeWorkspaceFolders",
                       {{"event", {{"added", {folder}}, {"removed", json::array()}}}});
  scene.execute({uri, "negate it"});
  scene.client->message("lemma/changed");
  CHECK(scene.changer->asked.selection == lsp::text::Range{0, text.size()});
  CHECK(scene.changer->asked.folders == std::vector<std::string>{"file:///project"});
}

TEST_CASE("a command has the code documented, in the client's language") {
  for (const auto& [locale, beginning] :
       {std::pair("fr-CA", "Écris en français le commentaire"), std::pair("zh-cn", "请用中文"),
        std::pair("fi", "Write this code's documentation comment")}) {
    Scene scene;
    Setup setup;
    setup.changer = scene.changer;
    scene.client.emplace(std::move(setup));
    scene.client->start({{"experimental", {{"lemmaChanges", true}}}}, json::object(), locale);
    scene.client->open(uri, text, 1, "python");
    scene.changer->go_on();
    scene.execute({uri, Scene::at(1, 0, 0)}, "lemma.document");
    scene.client->message("lemma/changed");
    CHECK(scene.changer->asked.only_comments);
    CHECK(scene.changer->asked.instruction.starts_with(beginning));
    CHECK(scene.changer->asked.selection == lsp::text::Range{10, 10});
    scene.execute({uri, "negate it", Scene::at(1, 0, 0)});
    scene.client->message("lemma/changed");
    CHECK_FALSE(scene.changer->asked.only_comments);
  }
}

TEST_CASE("for all others it is a code action where it is, until the text changes") {
  Scene scene(false);
  scene.changer->go_on();
  scene.change();
  CHECK(scene.client->message("window/showMessage").at("params").at("message") ==
        "lemma: work.py: passes 4 of 4 tests; f(1) gives -1, before 1; offered there as a code "
        "action");
  const json actions = scene.actions(1);
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].at("title") ==
        "lemma: the change that was asked for (not verified, passes 4 of 4 tests)");
  CHECK(actions[0].at("edit").at("documentChanges").at(0).at("edits").at(0).at("newText") ==
        "    return -n");
  CHECK(scene.actions(0).size() == 1);
  CHECK(scene.actions(4).empty());
  scene.client->type(uri, 2, 5, 0, "y = 2\n");
  CHECK(scene.actions(1).empty());
}

TEST_CASE("a change of the text ends the work, and so does its cancellation") {
  Scene scene;
  scene.change();
  scene.client->type(uri, 2, 5, 0, "y = 2\n");
  scene.changer->wait_for_stop();
  CHECK(scene.client->message("window/showMessage").at("params").at("message") ==
        "lemma: the change of work.py was given up: the text has changed");
  Scene cancelled;
  cancelled.change();
  const json begun = cancelled.client->message("$/progress").at("params");
  CHECK(begun.at("value").at("title") == "lemma: changing work.py");
  cancelled.client->notify("window/workDoneProgress/cancel", {{"token", begun.at("token")}});
  cancelled.changer->wait_for_stop();
}

TEST_CASE("where nothing may be run, that is known to who makes it") {
  Scene scene(true, false);
  scene.changer->go_on();
  scene.change();
  scene.client->message("lemma/changed");
  CHECK_FALSE(scene.changer->asked.may_run);
}

TEST_CASE("what cannot be done is said") {
  Scene scene;
  scene.changer->go_on();
  const auto problem = [&](json arguments) {
    return scene.execute(std::move(arguments)).at("error").at("message").get<std::string>();
  };
  CHECK(problem({uri}) == "say what is to be changed");
  CHECK(problem({uri, " \n"}) == "say what is to be changed");
  CHECK(problem({uri, std::string(9'000, 'a')}) == "the instruction is longer than 8000 bytes");
  CHECK(problem({"file:///project/other.py", "do"}) == "the document is not open");
  scene.client->open("file:///project/.env", "TOKEN=1\n", 1, "plaintext");
  CHECK(problem({"file:///project/.env", "do"}) ==
        ".env is not shown to a model: it holds secrets, by its name");
  scene.changer->error = "the model wrote no code, but: No.";
  scene.change();
  CHECK(scene.client->message("window/showMessage").at("params").at("message") ==
        "lemma: the model wrote no code, but: No.");
}

}  // namespace changing_test
