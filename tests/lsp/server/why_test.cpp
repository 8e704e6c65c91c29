// lemma/why: what the last answers were made of; and folders that come and go.
#include <future>

#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Answer;
using lsp::server::Question;

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

TEST_CASE("only the last few answers are kept") {
  Client client;
  client.start();
  client.open(uri, "x");
  for (int i = 0; i < 20; ++i) client.response(client.ask(uri, 0, 1));
  CHECK(why(client).at("answers").size() == 8);
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
