// Conversations over the wire: what is attached is what was chosen, pieces come as they are said,
// and a stop ends it.

#include "tests/lsp/server/client.h"
#include "tests/lsp/server/gate.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Said;
using lsp::server::Turn;

namespace asking_test {
namespace {

const std::string uri = "file:///project/half.py";

// A test double: it thinks, says two words, and is done once it may be.
class Scripted : public lsp::server::Chat, public Gate {
 public:
  std::string name() const override { return "scripted"; }
  lsp::server::base::Result<std::string> answer(const std::vector<Turn>& turns,
                                                const std::function<void(const Said&)>& say,
                                                std::stop_token stop) override {
    asked = turns;
    say({Said::Kind::thought, "hm"});
    say({Said::Kind::text, "It halves."});
    wait(stop);
    if (!error.empty()) return lsp::server::base::Error{error};
    return std::string("It halves.");
  }
  std::vector<Turn> asked;
  std::string error;
};

struct Scene {
  std::shared_ptr<Scripted> chat = std::make_shared<Scripted>();
  std::optional<Client> client;

  Scene() {
    Setup setup;
    setup.chat = chat;
    client.emplace(std::move(setup));
    client->start();
    client->open(uri, "def half(n):\n    return n / 2\n", 1, "python");
  }
  json ask(const std::string& text, int begin = 0, int end = 0, const std::string& of = uri,
           const std::string& task = "") {
    json params{{"conversation", "1"}, {"text", text}};
    if (!task.empty()) params["task"] = task;
    if (end > begin) {
      params["textDocument"] = {{"uri", of}};
      params["range"] = {{"start", {{"line", begin}, {"character", 0}}},
                         {"end", {{"line", end}, {"character", 0}}}};
    }
    return client->call("lemma/ask", std::move(params));
  }
  json said() { return client->message("lemma/piece").at("params"); }
};

}  // namespace

TEST_CASE("a question is answered piece by piece, with what was chosen attached") {
  Scene scene;
  scene.chat->go_on();
  const json result = scene.ask("What does it do?", 0, 1).at("result");
  CHECK(result.at("model") == "scripted");
  CHECK(result.at("attached") == json{{"name", "half.py"}, {"firstLine", 0}, {"lastLine", 0}});
  CHECK(scene.said() == json{{"conversation", "1"}, {"kind", "thought"}, {"text", "hm"}});
  CHECK(scene.said() == json{{"conversation", "1"}, {"kind", "text"}, {"text", "It halves."}});
  CHECK(scene.client->message("lemma/end").at("params") == json{{"conversation", "1"}});
  REQUIRE(scene.chat->asked.size() == 1);
  CHECK(scene.chat->asked[0].text ==
        "From half.py, lines 1 to 1:\n\n```python\ndef half(n):\n```\n\nWhat does it do?");
}

TEST_CASE("a task is worded in the language of the client, about what is chosen") {
  const auto asked_in = [](const std::string& locale, const std::string& task) {
    Scene scene;
    Setup setup;
    setup.chat = scene.chat;
    scene.client.emplace(std::move(setup));
    scene.client->start(json::object(), json::object(), locale);
    scene.client->open(uri, "def half(n):\n    return n / 2\n", 1, "python");
    scene.chat->go_on();
    const json result = scene.ask("", 0, 2, uri, task).at("result");
    scene.client->message("lemma/end");
    const std::string text = scene.chat->asked.at(0).text;
    CHECK(text.find("def half(n)") != std::string::npos);
    const std::string question = result.at("question");
    CHECK(text.ends_with(question));
    return question;
  };
  CHECK(asked_in("en-US", "explain").starts_with("Explain what this code does"));
  CHECK(asked_in("de", "explain").starts_with("Erkläre auf Deutsch"));
  CHECK(asked_in("fr-CA", "explain").starts_with("Explique en français"));
  CHECK(asked_in("zh-cn", "explain").starts_with("请用中文"));
  CHECK(asked_in("fi", "explain").starts_with("Explain what this code does"));
}

TEST_CASE("the next question goes on with the conversation, without what nobody chose") {
  Scene scene;
  scene.chat->go_on();
  scene.ask("One?");
  scene.client->message("lemma/end");
  const json result = scene.ask("Two?").at("result");
  CHECK_FALSE(result.contains("attached"));
  scene.client->message("lemma/end");
  REQUIRE(scene.chat->asked.size() == 3);
  CHECK(scene.chat->asked[0].text == "One?");
  CHECK(scene.chat->asked[1].from == Turn::From::model);
  CHECK(scene.chat->asked[2].text == "Two?");
}

TEST_CASE("of many conversations the one that nobody has gone on with is forgotten") {
  Scene scene;
  scene.chat->go_on();
  const auto ask = [&](int conversation) {
    scene.client->call("lemma/ask",
                       {{"conversation", std::to_string(conversation)}, {"text", "?"}});
    scene.client->message("lemma/end");
    return scene.chat->asked.size();
  };
  for (int each = 1; each <= 20; ++each) CHECK(ask(each) == 1);
  CHECK(ask(1) == 3);
  CHECK(ask(21) == 1);
  CHECK(ask(1) == 5);
  CHECK(ask(10) == 3);
  CHECK(ask(2) == 1);
}

TEST_CASE("a stop ends the answer, and the question is forgotten") {
  Scene scene;
  scene.ask("One?");
  scene.said();
  scene.client->notify("lemma/stop", {{"conversation", "1"}});
  CHECK(scene.client->message("lemma/end").at("params").at("problem") == "stopped");
  scene.chat->wait_for_stop();
  scene.chat->go_on();
  scene.ask("Two?");
  scene.client->message("lemma/end");
  CHECK(scene.chat->asked.size() == 1);
}

TEST_CASE("why there is no answer comes with its end") {
  Scene scene;
  scene.chat->error = "https://a/v1 cannot be reached";
  scene.chat->go_on();
  scene.ask("One?");
  CHECK(scene.client->message("lemma/end").at("params").at("problem") ==
        "https://a/v1 cannot be reached");
}

TEST_CASE("a refusal is in the language of the client") {
  Scene scene;
  Setup setup;
  setup.chat = scene.chat;
  scene.client.emplace(std::move(setup));
  scene.client->start(json::object(), json::object(), "fr");
  scene.client->open(uri, "def half(n):\n", 1, "python");
  CHECK(scene.ask("", 0, 0, uri, "explain").at("error").at("message") ==
        "sélectionnez d'abord le code");
}

TEST_CASE("what cannot be asked is refused with a reason") {
  Scene scene;
  const auto refused = [](const json& response) {
    return response.at("error").at("message").get<std::string>();
  };
  CHECK(refused(scene.ask(" \n")) == "there is no question");
  CHECK(refused(scene.ask("", 0, 0, uri, "explain")) == "select the code first");
  CHECK(refused(scene.ask("", 0, 1, uri, "praise")) == "there is no task 'praise'");
  CHECK(refused(scene.ask("What?", 0, 1, "file:///none")).find("not open") != std::string::npos);
  scene.client->open("file:///project/.env", "KEY=sesame\n");
  CHECK(refused(scene.ask("What?", 0, 1, "file:///project/.env")).find("secrets") !=
        std::string::npos);
  scene.client->open("file:///big", std::string(70'000, 'x') + "\n");
  CHECK(refused(scene.ask("What?", 0, 1, "file:///big")).find("65536") != std::string::npos);
  CHECK(scene.chat->asked.empty());
  Client without;
  without.start();
  CHECK(refused(without.call("lemma/ask", {{"conversation", "1"}, {"text", "x"}})) ==
        "set remote.url");
}

TEST_CASE("the status says who can be asked, where somebody can") {
  Scene scene;
  CHECK(scene.client->call("lemma/status", nullptr).at("result").at("asks") == "scripted");
  Client without;
  without.start();
  CHECK_FALSE(without.call("lemma/status", nullptr).at("result").contains("asks"));
}

}  // namespace asking_test
