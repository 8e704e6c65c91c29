// lemma/why: what the last answers were made of, and what was seen of a fix; and folders that come
// and go.
#include <future>

#include "tests/lsp/server/debug_scene.h"

using namespace server_test;
using lsp::server::Answer;
using lsp::server::Question;

namespace why_test {
namespace {

const std::string uri = "file:///a.py";

json why(Client& client) { return client.call("lemma/why", json::object()).at("result"); }

Answer explained(const Question& question, const std::string& text) {
  Answer answer = insert_at_cursor(question, text);
  answer.provenance.probability = 0.5;
  answer.provenance.model_probability = 0.25;
  answer.provenance.prompt_tokens = 12;
  answer.provenance.cached_tokens = 7;
  answer.provenance.adapter = "/own.gguf";
  answer.provenance.sources = {{"this file, lines 1 to 1", "before the anchor", 3}};
  return answer;
}

}  // namespace

TEST_CASE("before the first completion there is nothing to explain") {
  Client client;
  client.start();
  CHECK(why(client).at("answers") == json::array());
}

TEST_CASE("an answer is explained: text, place, probability, sources") {
  Client client({.load = model_that([](const Question& question, std::stop_token) {
                   return std::optional(explained(question, "int(x)"));
                 })});
  client.start();
  client.open(uri, "pr");
  client.response(client.ask(uri, 0, 2));
  const json answer = why(client).at("answers").at(0);
  INFO(answer.dump());
  CHECK(answer.at("uri") == uri);
  CHECK(answer.at("position") == json{{"line", 0}, {"character", 2}});
  CHECK(answer.at("text") == "int(x)");
  CHECK(answer.at("probability") == 0.5);
  CHECK(answer.at("modelProbability") == 0.25);
  CHECK(answer.at("promptTokens") == 12);
  CHECK(answer.at("cachedTokens") == 7);
  CHECK(answer.at("adapter") == "/own.gguf");
  CHECK(answer.at("ms") >= 0);
  CHECK_FALSE(answer.contains("silence"));
  CHECK(answer.at("sources").at(0) ==
        json{{"what", "this file, lines 1 to 1"}, {"why", "before the anchor"}, {"tokens", 3}});
}

TEST_CASE("of several the one is explained that the text goes on with, and the others are named") {
  Client client(
      {.load = model_that([](const Question& question, std::stop_token) {
         Answer answer = explained(question, "int(x)");
         if (question.most == 1) return std::optional(answer);
         answer.others = {insert_at_cursor(question, "ivate"), insert_at_cursor(question, "ime")};
         answer.others[0].provenance.probability = 0.125;
         return std::optional(answer);
       })});
  client.start();
  client.open(uri, "pr");
  client.response(client.ask(uri, 0, 2, Trigger::invoked));
  const json first = why(client).at("answers");
  CHECK(first.size() == 1);
  CHECK(first.at(0).at("text") == "int(x)");
  CHECK(first.at(0).at("others") ==
        json{{{"text", "ivate"}, {"probability", 0.125}}, {{"text", "ime"}}});
  client.type(uri, 2, 0, 2, "iv");
  const json taken = why(client).at("answers").at(0);
  CHECK(taken.at("text") == "ivate");
  CHECK(taken.at("probability") == 0.125);
  CHECK(taken.at("others").at(0) == json{{"text", "int(x)"}, {"probability", 0.5}});
}

TEST_CASE("what is offered nothing says which of the reasons it is") {
  Client client;
  client.start();
  const auto silence_of = [&](const std::string& asked, const std::string& text) {
    client.open(asked, text);
    CHECK(client.response(client.ask(asked, 0, 1)).at("result").is_null());
    return why(client).at("answers").at(0).at("silence").get<std::string>();
  };
  const std::string nothing = "this document is offered nothing: it ";
  CHECK(silence_of("file:///.env", "x") == nothing + "holds secrets, by its name");
  CHECK(silence_of("output:tasks", "x") == nothing + "is no file");
  CHECK(silence_of("file:///large.py", std::string(5 << 20, 'x')) ==
        nothing + "is too large (5242880 bytes; up to 4194304)");
}

TEST_CASE("silence is explained too, whoever decided it") {
  Client client({.load = model_that([](const Question&, std::stop_token) {
                   return std::optional(Answer{"", {0, 0}, {.silence = "unsure"}});
                 })});
  client.start({{"textDocument", {{"inlineCompletion", json::object()}}}},
               {{"completion", {{"exclude", {"markdown"}}}}});
  client.open(uri, "x");
  client.open("file:///a.md", "x", 1, "markdown");
  client.open("file:///.env", "x");
  for (const auto& asked : {uri, std::string("file:///a.md"), std::string("file:///.env")}) {
    CHECK(client.response(client.ask(asked, 0, 1)).at("result").is_null());
  }
  const json answers = why(client).at("answers");
  REQUIRE(answers.size() == 3);  // the latest first
  CHECK(answers.at(0).at("silence").get<std::string>().find("secrets") != std::string::npos);
  CHECK(answers.at(1).at("silence") == "completions are switched off for this language");
  CHECK(answers.at(2).at("silence") == "unsure");
  CHECK_FALSE(answers.at(2).contains("text"));
}

TEST_CASE("what an answer was made of is told in the user's language") {
  Client client({.load = model_that([](const Question& question, std::stop_token) {
                   Answer answer = explained(question, "int(x)");
                   answer.provenance.sources.push_back(
                       {"a.py, signatures of f, g", "edited lately; imported here", 4});
                   answer.provenance.sources.push_back({"imports", "for a reason of its own", 1});
                   return std::optional(std::move(answer));
                 })});
  client.start(json::object(), json::object(), "de_DE.UTF-8");
  client.open(uri, "pr");
  client.response(client.ask(uri, 0, 2));
  const json sources = why(client).at("answers").at(0).at("sources");
  INFO(sources.dump());
  CHECK(sources.at(0).at("what") == "diese Datei, Zeilen 1 bis 1");
  CHECK(sources.at(0).at("why") == "vor dem Anker");
  CHECK(sources.at(1).at("what") == "a.py, Signaturen von f, g");
  CHECK(sources.at(1).at("why") == "kürzlich bearbeitet; hier importiert");
  CHECK(sources.at(2).at("why") == "for a reason of its own");
}

TEST_CASE("silence is told in the user's language") {
  Client client;
  client.start(json::object(), json::object(), "fr");
  client.open("file:///large.py", std::string(5 << 20, 'x'));
  CHECK(client.response(client.ask("file:///large.py", 0, 1)).at("result").is_null());
  CHECK(why(client).at("answers").at(0).at("silence") ==
        "rien n'est proposé pour ce document : il est trop grand (5242880 octets ; 4194304 au "
        "plus)");
}

TEST_CASE("only the last few answers are kept") {
  Client client;
  client.start();
  client.open(uri, "x");
  for (int i = 0; i < 20; ++i) client.response(client.ask(uri, 0, 1));
  CHECK(why(client).at("answers").size() == 8);
}

TEST_CASE("what was seen of a fix is told to those who ask, also once it was taken") {
  Scene scene;
  CHECK_FALSE(why(*scene.client).contains("fix"));
  Finding& finding = scene.debugger->finding;
  finding.run = "test_a b.py";
  finding.note = "tried 20 of 31 changes";
  finding.red_runs = 2;
  Finding::Fix& fix = finding.fixes[0];
  fix.author = "a rule";
  fix.mended = {"test_half"};
  fix.kept = {"test_one", "test_two"};
  fix.green_runs = 2;
  fix.ms = 1'260;
  scene.debug();
  const json offered = why(*scene.client).at("fix");
  CHECK(offered.at("name") == "a b.py");
  CHECK(offered.at("failure") == "ZeroDivisionError: division by zero");
  CHECK(offered.at("latest") == true);
  const json change = offered.at("changes").at(0);
  CHECK(change.at("title") == "another constant");
  CHECK(change.at("diff") == "-0\n+2\n");
  CHECK(change.at("taken") == false);
  CHECK(change.at("said") ==
        json{"Run in the sandbox: test_a b.py", "Before: failed, 2 times; red: test_half",
             "With the change: passed, 2 times; green now: 1 test",
             "As before: 2 tests (test_one, test_two)", "The changed line was executed",
             "Verified: passes 1 of 1 tests; and more", "Written by a rule",
             "The search: tried 20 of 31 changes",
             "Time: 1.2 s until it was proved, 0 s for everything"});
  scene.client->type(scene.uri, 2, 0, 0, "#");
  CHECK_FALSE(why(*scene.client).contains("fix"));  // what was seen was of another program
}

TEST_CASE("a fix that was taken stays explained, whatever is written behind it") {
  Scene scene;
  scene.debug();
  const std::string mended = scene.debugger->finding.fixes[0].text;
  const auto write = [&](int version, const std::string& text) {
    scene.client->notify("textDocument/didChange",
                         {{"textDocument", {{"uri", scene.uri}, {"version", version}}},
                          {"contentChanges", {{{"text", text}}}}});
  };
  scene.client->response(scene.client->ask(scene.uri, 4, 14));
  CHECK(why(*scene.client).at("fix").at("latest") == false);  // a completion was shown
  write(2, mended);
  CHECK(why(*scene.client).at("fix").at("changes").at(0).at("taken") == true);
  CHECK(why(*scene.client).at("fix").at("latest") == true);
  write(3, mended + "#");
  CHECK(why(*scene.client).at("fix").at("changes").at(0).at("taken") == true);
  CHECK(why(*scene.client).at("fix").at("latest") == true);
}

TEST_CASE("folders may come and go while the server runs") {
  std::vector<std::vector<std::string>> seen;
  Client client({.load = model_that([&](const Question& question, std::stop_token) {
                   seen.push_back(question.folders);
                   return std::optional<Answer>();
                 })});
  const json result = client.start();
  CHECK(result.at("capabilities").at("workspace").at("workspaceFolders").at("changeNotifications"));
  client.open(uri, "x");
  const auto change = [&](json added, json removed) {
    client.notify("workspace/didChangeWorkspaceFolders",
                  {{"event", {{"added", std::move(added)}, {"removed", std::move(removed)}}}});
    client.response(client.ask(uri, 0, 1));
  };
  const json one{{"uri", "file:///one"}, {"name", "one"}};
  const json two{{"uri", "file:///two"}, {"name", "two"}};
  change({one, two}, json::array());
  change(json::array(), {one});
  REQUIRE(seen.size() == 2);
  CHECK(seen[0] == std::vector<std::string>{"file:///one", "file:///two"});
  CHECK(seen[1] == std::vector<std::string>{"file:///two"});
}

}  // namespace why_test
