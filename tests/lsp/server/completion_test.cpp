// Inline and classic completion over the wire: who is answered, when, and with what.
#include <atomic>
#include <set>

#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Answer;
using lsp::server::Question;

namespace completion_test {
namespace {

const std::string uri = "file:///a.py";

json item_of(const json& response) {
  INFO(response.dump());
  REQUIRE(response.at("result").at("items").size() == 1);
  return response.at("result").at("items").at(0);
}

json span(int line, int begin, int end) {
  return {{"start", {{"line", line}, {"character", begin}}},
          {"end", {{"line", line}, {"character", end}}}};
}

// What the client gets for a cursor at the end of `text`'s last line when the model says `answer`.
json completed(const std::string& text, const Answer& answer, const std::string& encoding,
               json options = json::object(), const std::string& language = "python") {
  Client client({.load = model_that(
                     [&](const Question&, std::stop_token) { return std::optional(answer); })});
  client.start({{"textDocument", {{"inlineCompletion", json::object()}}},
                {"general", {{"positionEncodings", {encoding}}}}},
               options);
  client.open(uri, text, 1, language);
  return client.response(client.ask(uri, 0, 0)).at("result");
}

// Says "sum" behind the cursor, and of several two others; `seen` is how many were wanted last.
Complete with_others(std::atomic<size_t>& seen, const std::string& first = "sum") {
  return [&seen, first](const Question& question, std::stop_token) -> std::optional<Answer> {
    if (question.urgency == lsp::server::Urgency::ahead) return std::nullopt;
    seen = question.most;
    Answer answer = insert_at_cursor(question, question.most > 1 ? first : "sum");
    if (question.most > 1) {
      for (const char* text : {"max", "sum"}) {
        answer.others.push_back(insert_at_cursor(question, text));
      }
    }
    return answer;
  };
}

std::vector<std::string> texts_of(const json& response) {
  INFO(response.dump());
  std::vector<std::string> texts;
  for (const json& item : response.at("result").at("items")) {
    texts.push_back(item.at("insertText"));
  }
  return texts;
}

}  // namespace

TEST_CASE("who asks by a key gets all that there are, and who types one") {
  std::atomic<size_t> seen = 0;
  Client client({.load = model_that(with_others(seen))});
  client.start();
  client.open(uri, "x = \n");
  using Texts = std::vector<std::string>;
  CHECK(texts_of(client.response(client.ask(uri, 0, 4))) == Texts{"sum"});
  CHECK(seen == 1);
  const json several = client.response(client.ask(uri, 0, 4, Trigger::invoked));
  CHECK(texts_of(several) == Texts{"sum", "max"});  // none twice
  CHECK(several.at("result").at("items").at(1).at("range") == span(0, 4, 4));
  CHECK(seen > 1);
}

TEST_CASE("what is shown already stays the first of several where the model still says so") {
  std::atomic<size_t> seen = 0;
  Client client({.load = model_that(with_others(seen, "min"))});
  client.start();
  client.open(uri, "x = \n");
  using Texts = std::vector<std::string>;
  CHECK(texts_of(client.response(client.ask(uri, 0, 4))) == Texts{"sum"});
  CHECK(texts_of(client.response(client.ask(uri, 0, 4, Trigger::invoked))) ==
        Texts{"sum", "min", "max"});
  client.type(uri, 2, 0, 4, "s");
  const json typed = client.response(client.ask(uri, 0, 5, Trigger::invoked));
  CHECK(texts_of(typed) == Texts{"min", "max", "sum", "sum"});  // behind the letter, and as it was
  CHECK(typed.at("result").at("items").at(2).at("range") == span(0, 5, 5));
  CHECK(typed.at("result").at("items").at(3).at("range") == span(0, 4, 5));
}

TEST_CASE("what is shown already comes last where the model says something else meanwhile") {
  std::atomic<bool> has_changed = false;
  Client client({.load = model_that([&](const Question& question, std::stop_token) {
                   return std::optional(insert_at_cursor(question, has_changed ? "max" : "sum"));
                 })});
  client.start();
  client.open(uri, "x = \n");
  using Texts = std::vector<std::string>;
  CHECK(texts_of(client.response(client.ask(uri, 0, 4))) == Texts{"sum"});
  has_changed = true;
  CHECK(texts_of(client.response(client.ask(uri, 0, 4, Trigger::invoked))) == Texts{"max", "sum"});
}

TEST_CASE("a list of completions has one, since it is asked for as if by a key") {
  std::atomic<size_t> seen = 0;
  Client client({.load = model_that(with_others(seen))});
  client.start(json::object());
  client.open(uri, "x = \n");
  item_of(client.call("textDocument/completion", {{"textDocument", {{"uri", uri}}},
                                                  {"position", {{"line", 0}, {"character", 4}}},
                                                  {"context", {{"triggerKind", 1}}}}));
  CHECK(seen == 1);
}

TEST_CASE("an answer has the text, and its range in the client's encoding") {
  const std::string text = "é😀 = pri";
  const Answer answer{"print", {9, 12}};
  const auto range = [&](const std::string& encoding) {
    return completed(text, answer, encoding).at("items").at(0).at("range");
  };
  CHECK(range("utf-8") == span(0, 9, 12));
  CHECK(range("utf-16") == span(0, 6, 9));
  CHECK(range("utf-32") == span(0, 5, 8));
  CHECK(completed(text, answer, "utf-16").at("items").at(0).at("insertText") == "print");
}

TEST_CASE("the model sees the cursor in bytes, the selected item and the other documents") {
  std::promise<Question> seen;
  Client client({.load = model_that([&](const Question& question, std::stop_token) {
                   seen.set_value(question);
                   return std::optional<Answer>();
                 })});
  client.start({{"textDocument", {{"inlineCompletion", json::object()}}}});
  client.open("file:///old.py", "old");
  client.open("output:tasks", "not for prompts");
  client.open("vscode-notebook-cell:/n.ipynb#1", "cell");
  client.open(uri, "😀 = pr\n");
  const json answer =
      client.call("textDocument/inlineCompletion",
                  {{"textDocument", {{"uri", uri}}},
                   {"position", {{"line", 0}, {"character", 7}}},
                   {"context",
                    {{"triggerKind", 1},
                     {"selectedCompletionInfo", {{"text", "print"}, {"range", span(0, 5, 7)}}}}}});
  CHECK(answer.at("result").is_null());
  const Question question = seen.get_future().get();
  CHECK(question.cursor == 9);
  CHECK(question.trigger == lsp::server::Trigger::invoked);
  REQUIRE(question.selected);
  CHECK(question.selected->text == "print");
  CHECK(question.selected->range.begin == 7);
  REQUIRE(question.others.size() == 2);
  CHECK(question.others[0]->text() == "cell");
  CHECK(question.others[1]->text() == "old");
}

TEST_CASE("open files of another project do not reach the model") {
  std::promise<Question> seen;
  Client client({.load = model_that([&](const Question& question, std::stop_token) {
                   seen.set_value(question);
                   return std::optional<Answer>();
                 })});
  client.start({{"textDocument", {{"inlineCompletion", json::object()}}}});
  client.notify(
      "workspace/didChangeWorkspaceFolders",
      {{"event",
        {{"added",
          {{{"uri", "file:///one"}, {"name", "one"}}, {{"uri", "file:///two"}, {"name", "two"}}}},
         {"removed", json::array()}}}});
  client.open("file:///two/plan.py", "theirs");
  client.open("file:///one/near.py", "ours");
  client.open("file:///one/here.py", "x = pr\n");
  client.call("textDocument/inlineCompletion", {{"textDocument", {{"uri", "file:///one/here.py"}}},
                                                {"position", {{"line", 0}, {"character", 6}}},
                                                {"context", {{"triggerKind", 1}}}});
  const Question question = seen.get_future().get();
  REQUIRE(question.others.size() == 1);
  CHECK(question.others[0]->text() == "ours");
}

TEST_CASE("a selected item away from the cursor is offered nothing, since nothing extends it") {
  Client client;
  client.start();
  client.open(uri, "first\nsecond\n");
  const auto answer = [&](json range) {
    return client.call(
        "textDocument/inlineCompletion",
        {{"textDocument", {{"uri", uri}}},
         {"position", {{"line", 1}, {"character", 6}}},
         {"context",
          {{"triggerKind", 1}, {"selectedCompletionInfo", {{"text", "item"}, {"range", range}}}}}});
  };
  CHECK(answer(span(0, 0, 5)).at("result").is_null());
  CHECK(answer(span(1, 0, 5)).at("result").is_null());
  CHECK(answer(span(1, 0, 6)).at("result").is_object());
}

TEST_CASE("an item that is shorter than what was typed spoils nothing that follows") {
  Client client(
      {.load = model_that([](const Question& question, std::stop_token) {
         if (!question.selected) return std::optional(insert_at_cursor(question, "more"));
         return std::optional(Answer{question.selected->text + "()", question.selected->range});
       })});
  client.start();
  client.open(uri, "size = lenght_of_it");
  const json answer =
      client.call("textDocument/inlineCompletion",
                  {{"textDocument", {{"uri", uri}}},
                   {"position", {{"line", 0}, {"character", 19}}},
                   {"context",
                    {{"triggerKind", 1},
                     {"selectedCompletionInfo", {{"text", "len"}, {"range", span(0, 7, 19)}}}}}});
  CHECK(item_of(answer).at("insertText") == "len()");
  client.type(uri, 2, 0, 19, "(");
  CHECK(item_of(client.response(client.ask(uri, 0, 20))).at("insertText") == "more");
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  CHECK(client.response(client.ask(uri, 0, 20)).contains("error"));  // it is not open any more
}

TEST_CASE("files of secrets are offered nothing and are no part of a question") {
  Client client({.load = model_that([](const Question& question, std::stop_token) {
                   return std::optional(
                       insert_at_cursor(question, std::to_string(question.others.size()) + "!"));
                 })});
  client.start();
  for (const char* name : {"/w/.env", "/w/.env.local", "/w/server.pem", "/h/.ssh/id_rsa"}) {
    const std::string secret = std::string("file://") + name;
    client.open(secret, "TOKEN=hunter2");
    CHECK(client.response(client.ask(secret, 0, 3)).at("result").is_null());
  }
  client.open("file:///w/environment.py", "x");
  client.open(uri, "x");
  CHECK(item_of(client.response(client.ask(uri, 0, 1))).at("insertText") == "1!");
}

TEST_CASE("edits arrive: the model sees the text as it is now") {
  Client client({.load = model_that([](const Question& question, std::stop_token) {
                   return std::optional(
                       insert_at_cursor(question, std::string(question.document->text())));
                 })});
  client.start();
  client.open(uri, "one\r\ntwo", 1);
  client.type(uri, 2, 1, 3, "!");
  client.type(uri, 3, 0, 0, "\n");
  CHECK(item_of(client.response(client.ask(uri, 0, 0))).at("insertText") == "\none\r\ntwo!");
  client.notify("textDocument/didChange", {{"textDocument", {{"uri", uri}, {"version", 4}}},
                                           {"contentChanges", {{{"text", "whole"}}}}});
  CHECK(item_of(client.response(client.ask(uri, 0, 0))).at("insertText") == "whole");
}

TEST_CASE("a newer request of the same document answers the older one with null at once") {
  std::atomic<int> calls = 0;
  const Complete waits = until_stopped();
  Client client({.load = model_that([&](const Question& question, std::stop_token stop)
                                        -> lsp::server::base::Result<std::optional<Answer>> {
                   if (++calls == 1) return waits(question, stop);
                   return std::optional(insert_at_cursor(question, "second"));
                 })});
  client.start();
  client.open(uri, "x");
  const json first = client.ask(uri, 0, 1);
  const json second = client.ask(uri, 0, 1);
  CHECK(client.response(first).at("result").is_null());
  CHECK(item_of(client.response(second)).at("insertText") == "second");
}

TEST_CASE("requests of different documents do not supersede each other") {
  std::promise<void> release;
  auto released = release.get_future().share();
  Client client({.load = model_that([&](const Question& question, std::stop_token) {
                   if (question.document->uri() == uri) released.wait();
                   return std::optional(insert_at_cursor(question, "answer"));
                 })});
  client.start();
  client.open(uri, "x");
  client.open("file:///b.py", "x");
  const json slow = client.ask(uri, 0, 1);
  CHECK(item_of(client.response(client.ask("file:///b.py", 0, 1))).at("insertText") == "answer");
  release.set_value();
  CHECK(item_of(client.response(slow)).at("insertText") == "answer");
}

TEST_CASE("an edit answers what was asked before it with null, and the late result is dropped") {
  Client client({.load = model_that(until_stopped())});
  client.start();
  client.open(uri, "x");
  const json id = client.ask(uri, 0, 1);
  client.type(uri, 2, 0, 1, "y");
  CHECK(client.response(id).at("result").is_null());
  CHECK(client.leave() == 0);
  CHECK(client.others.empty());
}

TEST_CASE("closing a document answers what was asked about it with null") {
  Client client({.load = model_that(until_stopped())});
  client.start();
  client.open(uri, "x");
  const json id = client.ask(uri, 0, 1);
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  CHECK(client.response(id).at("result").is_null());
  CHECK(client.response(client.ask(uri, 0, 1)).at("error").at("code") == -32602);
}

TEST_CASE("a cancelled request is answered at once, also while it waits for another") {
  std::promise<void> release;
  auto released = release.get_future().share();
  Client client({.load = model_that([&](const Question& question, std::stop_token) {
                   released.wait();  // deaf to stop requests
                   return std::optional(insert_at_cursor(question, "late"));
                 })});
  client.start();
  client.open(uri, "x");
  const json running = client.ask(uri, 0, 1);
  client.notify("$/cancelRequest", {{"id", running}});
  CHECK(client.response(running).at("error").at("code") == -32800);
  const json waiting = client.ask(uri, 0, 1);
  client.notify("$/cancelRequest", {{"id", waiting}});
  CHECK(client.response(waiting).at("error").at("code") == -32800);
  client.notify("$/cancelRequest", {{"id", waiting}});  // answered already
  client.notify("$/cancelRequest", {{"id", "unknown"}});
  const json last = client.ask(uri, 0, 1);
  release.set_value();
  CHECK(item_of(client.response(last)).at("insertText") == "late");
  CHECK(client.leave() == 0);
  CHECK(client.others.empty());
}

TEST_CASE("a model that throws or fails is an error of that request alone") {
  std::atomic<int> calls = 0;
  Client client(
      {.load = model_that([&](const Question& question,
                              std::stop_token) -> lsp::server::base::Result<std::optional<Answer>> {
         ++calls;
         if (calls == 1) throw std::runtime_error("broken");
         if (calls == 2) return lsp::server::base::Error{"no room"};
         return std::optional(insert_at_cursor(question, "fine"));
       })});
  client.start();
  client.open(uri, "x");
  json error = client.response(client.ask(uri, 0, 1)).at("error");
  CHECK(error == json({{"code", -32603}, {"message", "broken"}}));
  error = client.response(client.ask(uri, 0, 1)).at("error");
  CHECK(error == json({{"code", -32603}, {"message", "no room"}}));
  CHECK(item_of(client.response(client.ask(uri, 0, 1))).at("insertText") == "fine");
}

TEST_CASE("shutdown answers what is pending") {
  Client client({.load = model_that(until_stopped())});
  client.start();
  client.open(uri, "x");
  const json id = client.ask(uri, 0, 1);
  client.call("shutdown", nullptr);
  CHECK(client.response(id).at("result").is_null());
}

TEST_CASE("rapid typing: every request is answered once, and only ever for the text as it is") {
  Client client(
      {.load = model_that([](const Question& question, std::stop_token stop) {
         for (int i = 0; i < 20 && !stop.stop_requested(); ++i) std::this_thread::yield();
         return std::optional(insert_at_cursor(
             question, "v" + std::to_string(question.document->version())));  // also when stopped
       })});
  client.start();
  client.open(uri, "", 1);
  constexpr int keystrokes = 500;
  std::map<int, int> asked_at;  // id -> version
  for (int version = 2; version < 2 + keystrokes; ++version) {
    client.type(uri, version, 0, version - 2, "x");
    asked_at[client.ask(uri, 0, version - 1)] = version;
    if (version % 3 == 0) asked_at[client.ask(uri, 0, version - 1)] = version;
    if (version % 7 == 0) client.notify("$/cancelRequest", {{"id", asked_at.rbegin()->first}});
  }
  std::set<int> answered;
  int with_text = 0;
  while (answered.size() < asked_at.size()) {
    const json response = client.receive();
    const int id = response.at("id");
    REQUIRE(answered.insert(id).second);
    if (response.contains("error")) {
      CHECK(response.at("error").at("code") == -32800);
    } else if (!response.at("result").is_null()) {
      ++with_text;
      CHECK(item_of(response).at("insertText") == "v" + std::to_string(asked_at.at(id)));
    }
  }
  CHECK(answered.contains(asked_at.rbegin()->first));
  CHECK(with_text >= 1);
  CHECK(client.leave() == 0);
  CHECK(client.others.empty());
}

TEST_CASE("classic completion: one item whose edit stays within the line") {
  Client client({.load = model_that([](const Question&, std::stop_token) {
                   return std::optional(Answer{"print(x)\nreturn", {0, 2}});
                 })});
  client.start(json::object());
  client.open(uri, "pr\n");
  const json item = item_of(client.call(
      "textDocument/completion",
      {{"textDocument", {{"uri", uri}}}, {"position", {{"line", 0}, {"character", 2}}}}));
  CHECK(item.at("textEdit").at("range") == span(0, 0, 2));
  CHECK(item.at("textEdit").at("newText") == "print(x)\nreturn");
  CHECK(item.at("preselect") == false);
  CHECK(item.contains("sortText"));
}

TEST_CASE("classic completion begins at the word, with which menus compare it") {
  Client client({.load = model_that([](const Question& question, std::stop_token) {
                   const Answer whole{"  x = print(x)", {0, 8}};
                   return question.urgency == lsp::server::Urgency::now ? std::optional(whole)
                                                                        : std::nullopt;
                 })});
  client.start(json::object());
  client.open(uri, "  x = pr\n");
  const json item = item_of(client.call(
      "textDocument/completion",
      {{"textDocument", {{"uri", uri}}}, {"position", {{"line", 0}, {"character", 8}}}}));
  CHECK(item.at("textEdit").at("range") == span(0, 6, 8));
  CHECK(item.at("textEdit").at("newText") == "print(x)");
  CHECK(item.at("filterText") == "print(x)");
  CHECK(item.at("label") == "print(x)");
}

TEST_CASE("silence: what is switched off, excluded, empty, or not to be inserted") {
  const Answer answer{"text", {0, 0}};
  const auto options = [](const char* name, json value) {
    return json{{"completion", {{name, std::move(value)}}}};
  };
  CHECK(completed("x", answer, "utf-8").is_object());
  CHECK(completed("x", answer, "utf-8", options("enabled", false)).is_null());
  CHECK(completed("x", answer, "utf-8", options("exclude", {"markdown"}), "markdown").is_null());
  CHECK(completed("x", answer, "utf-8", options("exclude", {"markdown"}), "python").is_object());
  CHECK(completed("x", {"", {0, 0}}, "utf-8").is_null());
  CHECK(completed("x", {"a\xFF", {0, 0}}, "utf-8").is_null());
  CHECK(completed("x", {"a\x1A", {0, 0}}, "utf-8").is_null());
}

}  // namespace completion_test
