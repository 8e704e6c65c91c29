// Whatever a client sends costs an error or a logged refusal; the server lives on.
#include <chrono>

#include "lsp/server/documents.h"
#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"

using namespace server_test;
using lsp::server::Answer;
using lsp::server::Question;

namespace bad_input_test {
namespace {

const std::string uri = "file:///a.py";

#ifdef __SANITIZE_THREAD__
constexpr size_t huge_bytes = 10'000'000;  // each byte costs some fifty times as much
#else
constexpr size_t huge_bytes = 100'000'000;
#endif

// The server still answers.
void check_alive(Client& client) {
  CHECK(client.call("lemma/status", nullptr).at("result").at("state") == "ready");
}

}  // namespace

TEST_CASE("malformed messages get errors without an id, and the next message is understood") {
  Client client;
  client.start();
  const auto check_answer = [&](const std::string& bytes, int code) {
    client.send_bytes(bytes);
    const json error = client.receive();
    INFO(bytes << " -> " << error.dump());
    CHECK(error.at("id").is_null());
    CHECK(error.at("error").at("code") == code);
    check_alive(client);
  };
  check_answer(lsp::wire::frame("{"), -32700);
  check_answer(lsp::wire::frame("[]"), -32600);
  check_answer(lsp::wire::frame("\xFF\xFE"), -32700);
  check_answer(lsp::wire::frame(std::string(100'000, '[')), -32700);
  check_answer("Content-Length: abc\r\n\r\n", -32700);
  check_answer("Content-Length: -1\r\n\r\n", -32700);
  check_answer("garbage\r\n\r\n", -32700);
  check_answer(lsp::wire::frame(R"({"jsonrpc":"2.0","id":{},"method":"shutdown"})"), -32600);
  CHECK(client.leave() == 0);
}

TEST_CASE("messages may arrive byte by byte") {
  Client client;
  client.start();
  const std::string bytes =
      lsp::wire::frame(R"({"jsonrpc":"2.0","id":"é","method":"lemma/status"})");
  for (const char byte : bytes) client.send_bytes({&byte, 1});
  CHECK(client.response("é").contains("result"));
}

TEST_CASE("a request id that is in use is refused") {
  Client client({.load = model_that(until_stopped())});
  client.start();
  client.open(uri, "x");
  const json id = client.ask(uri, 0, 1);
  client.send({{"id", id}, {"method", "lemma/status"}});
  CHECK(client.response(id).at("error").at("code") == -32600);
  client.type(uri, 2, 0, 0, "y");
  CHECK(client.response(id).at("result").is_null());
}

TEST_CASE("positions outside the document are clamped") {
  Client client({.load = model_that([](const Question& question, std::stop_token) {
                   return std::optional(
                       insert_at_cursor(question, std::to_string(question.cursor)));
                 })});
  client.start();
  client.open(uri, "ab\ncd");
  const auto cursor = [&](int64_t line, int64_t character) {
    const json result = client.call("textDocument/inlineCompletion",
                                    {{"textDocument", {{"uri", uri}}},
                                     {"position", {{"line", line}, {"character", character}}}});
    return result.at("result").at("items").at(0).at("insertText");
  };
  CHECK(cursor(0, 99) == "2");
  CHECK(cursor(99, 0) == "5");
  CHECK(cursor(int64_t{1} << 40, int64_t{1} << 40) == "5");
  client.type(uri, 2, 77, 3, "!");
  CHECK(cursor(1, 3) == "6");
  const json refused = client.call(
      "textDocument/inlineCompletion",
      {{"textDocument", {{"uri", uri}}}, {"position", {{"line", -1}, {"character", 0}}}});
  CHECK(refused.at("error").at("code") == -32602);
}

TEST_CASE("edits and closes of documents that are not open are refused and logged") {
  Client client;
  client.start();
  client.type("file:///closed.py", 2, 0, 0, "secret = 1");
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", "file:///closed.py"}}}});
  client.notify("textDocument/didOpen", {{"textDocument", "wrong"}});
  client.notify("textDocument/didChange", nullptr);
  client.open(uri, "x");
  client.open(uri, "y");
  client.type(uri, 1, 0, 0, "z");  // the version does not grow
  check_alive(client);
  CHECK(client.leave() == 0);
  CHECK(client.log().find("an edit for a document that is not open") != std::string::npos);
  CHECK(client.log().find("is closed that is not open") != std::string::npos);
  CHECK(client.log().find("textDocument/didOpen is refused") != std::string::npos);
  CHECK(client.log().find("opened twice") != std::string::npos);
  CHECK(client.log().find("version 1 follows version 1") != std::string::npos);
  CHECK(client.log().find("secret") == std::string::npos);
}

TEST_CASE("after an edit that cannot be read nothing is completed until the whole text comes") {
  Client client;
  client.start();
  client.open(uri, "ab");
  const auto change = [&](int version, const json& edit) {
    client.notify("textDocument/didChange", {{"textDocument", {{"uri", uri}, {"version", version}}},
                                             {"contentChanges", json::array({edit})}});
  };
  const auto answer = [&] { return client.response(client.ask(uri, 0, 0)).at("result"); };
  CHECK_FALSE(answer().is_null());
  change(2, {{"text", 7}});
  CHECK(client.message("window/showMessage").dump().find("cannot be read") != std::string::npos);
  CHECK(answer().is_null());
  client.type(uri, 3, 0, 0, "c");
  CHECK(answer().is_null());
  change(4, {{"text", "abc"}});
  CHECK_FALSE(answer().is_null());
}

TEST_CASE("a text that is no UTF-8 is synchronised, and positions in it are right") {
  Client client({.load = model_that([](const Question& question, std::stop_token) {
                   return std::optional(
                       insert_at_cursor(question, std::to_string(question.cursor)));
                 })});
  client.start();
  client.send_bytes(lsp::wire::frame(
      R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":")" +
      uri + R"(","languageId":"c","version":1,"text":"na)" + "\xEF" + R"(ve\n\xyz"}}})"));
  client.send_bytes(lsp::wire::frame(
      R"({"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":")" +
      uri + R"(","languageId":"c","version":1,"text":"na)" + "\xEF" + R"(ve\nxyz"}}})"));
  CHECK(client.receive().at("error").at("code") == -32700);  // \x is no JSON escape
  const json result = client.response(client.ask(uri, 1, 2)).at("result");
  CHECK(result.at("items").at(0).at("insertText") == "8");
  CHECK(client.leave() == 0);
  CHECK(client.log().find("1 bytes that are no UTF-8") != std::string::npos);
}

TEST_CASE("a 100 MB file is synchronised and offered nothing, and others are served meanwhile") {
  Client client;
  client.start();
  const auto now = [] { return std::chrono::steady_clock::now(); };
  std::string text;
  while (text.size() < huge_bytes) text += "    value = compute(first, second)\n";
  const auto begin = now();
  client.open("file:///huge.py", text);
  check_alive(client);
  const auto opened = now();
  constexpr int keystrokes = 10;
  for (int i = 0; i < keystrokes; ++i) client.type("file:///huge.py", 2 + i, 5 + i, 4, "x");
  CHECK(client.response(client.ask("file:///huge.py", 5, 5)).at("result").is_null());
  const auto typed = now();
  client.open(uri, "x");
  CHECK(client.response(client.ask(uri, 0, 1)).at("result").is_object());
  const auto seconds = [](auto from, auto to) {
    return std::chrono::duration<double>(to - from).count();
  };
  INFO("open " << seconds(begin, opened) << " s, a keystroke "
               << seconds(opened, typed) / keystrokes << " s");
  // Far from what it takes (about 1 s and 0.02 s), so that a busy machine does not matter.
  CHECK(seconds(begin, opened) < 60);
  CHECK(seconds(opened, typed) / keystrokes < 2);
  CHECK(client.leave() == 0);
}

TEST_CASE("documents up to the limit are offered completions, one byte more is too large") {
  using lsp::server::max_completed_bytes;
  Client client;
  client.start();
  client.open(uri, std::string(max_completed_bytes, '\n'));
  CHECK(client.response(client.ask(uri, 0, 0)).at("result").is_object());
  client.type(uri, 2, 0, 0, "x");
  CHECK(client.response(client.ask(uri, 0, 0)).at("result").is_null());
}

}  // namespace bad_input_test
