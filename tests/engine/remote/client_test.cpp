// The client against a scripted endpoint: what it asks, what it makes of the answers, and how it
// takes everything that can be wrong with one.
#include "engine/remote/client.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "engine/base/json.h"
#include "tests/support/catch.h"
#include "tests/support/chat_server.h"

namespace {

using namespace engine::remote;
using Clock = std::chrono::steady_clock;
using Kind = PieceKind;

Endpoint endpoint_of(const support::ChatServer& server) {
  Endpoint endpoint;
  endpoint.url = server.url();
  endpoint.model = "scripted";
  return endpoint;
}

Result<Reply> ask(const Endpoint& endpoint, const OnPiece& on_piece = {},
                  std::stop_token stop = {}) {
  return Client(endpoint).chat({{Message::Role::user, "How many?"}}, {}, on_piece, stop);
}

// "text" or "thought|text".
void check_reply(const std::string& rule, const std::string& expected) {
  INFO(rule);
  const support::ChatServer server("[" + rule + "]");
  const auto reply = ask(endpoint_of(server));
  INFO((reply ? "" : reply.message()));
  REQUIRE(reply.ok());
  CHECK((reply->thought.empty() ? "" : reply->thought + "|") + reply->text == expected);
}

void check_error(const std::string& rule, const std::string& expected) {
  INFO(rule);
  const support::ChatServer server("[" + rule + "]");
  Endpoint endpoint = endpoint_of(server);
  endpoint.first_byte_ms = 700;
  endpoint.silence_ms = 500;
  const auto reply = ask(endpoint);
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.message().starts_with(server.url() + " "));
  INFO(reply.message());
  CHECK(reply.message().find(expected) != std::string::npos);
}

std::string text_of(const std::vector<std::string>& log, const char* part, const char* name) {
  const auto json = engine::base::Json::parse(log.at(0));
  REQUIRE(json.ok());
  const auto inner = json->root().find(part);
  REQUIRE(inner);
  const auto value = inner->find(name);
  const auto text = value ? value->string() : std::nullopt;
  return text ? std::string(*text) : "";
}

// A letter for the connection of each request, in the order in which they came.
std::string connections_of(const std::vector<std::string>& log) {
  std::vector<int64_t> peers;
  std::string letters;
  for (const std::string& line : log) {
    const auto json = engine::base::Json::parse(line);
    REQUIRE(json.ok());
    const auto value = json->root().find("peer");
    if (!value) continue;
    const auto peer = std::find(peers.begin(), peers.end(), value->integer().value());
    letters += static_cast<char>('a' + (peer - peers.begin()));
    if (peer == peers.end()) peers.push_back(value->integer().value());
  }
  return letters;
}

}  // namespace

TEST_CASE("an answer is streamed, its thinking apart, whatever the endpoint's way to say so") {
  check_reply(R"({"say": "Seven of them."})", "Seven of them.");
  for (const char* form : {"reasoning_content", "tags", "closing", "whole"}) {
    const std::string rule = std::string(R"({"say": "Seven.", "think": "3 + 4", "form": ")") + form;
    const bool tags = form == std::string("tags") || form == std::string("closing");
    const std::string thought = form == std::string("tags") ? "\n3 + 4\n" : "3 + 4\n";
    check_reply(rule + "\"}", (tags ? thought : "3 + 4") + "|Seven.");
  }
  check_reply(R"({"say": "```\nx = '</think>'\n```"})", "```\nx = '</think>'\n```");
  check_reply(R"({"say": "a </think> in an answer", "think": "t", "form": "tags"})",
              "\nt\n|a </think> in an answer");
  check_reply(R"({"say": "a </think> in an answer", "think": "t", "form": "reasoning_content"})",
              "t|a </think> in an answer");
  check_reply(R"({"raw": ["data: {\"choices\":[{\"delta\":{\"content\":\"é\"},",
                          "\"finish_reason\":\"stop\"}]}\r\n\r\n"]})",
              "é");
}

TEST_CASE("pieces come as they arrive, and say when what was text was thought") {
  const support::ChatServer server(
      R"([{"say": "Seven.", "think": "3 + 4", "form": "closing", "pause_ms": 20}])");
  std::string text, thought;
  const auto reply = ask(endpoint_of(server), [&](const Piece& piece) {
    if (piece.kind == Kind::all_was_thought) thought += std::exchange(text, "");
    (piece.kind == Kind::text ? text : thought) += piece.text;
    return true;
  });
  REQUIRE(reply.ok());
  CHECK(text == "Seven.");
  CHECK(thought == "3 + 4\n");
  CHECK(reply->prompt_tokens == 11);
  CHECK(reply->generated_tokens == 22);
}

TEST_CASE("the limit of an answer is told from its end") {
  const support::ChatServer server(R"([{"say": "Sev", "reason": "length"}])");
  const auto reply = ask(endpoint_of(server));
  REQUIRE(reply.ok());
  CHECK(reply->reason == Reply::Reason::limit);
}

TEST_CASE("what is asked has model, sampling and messages; the token is in the header alone") {
  const support::ChatServer server(R"([{"say": "x"}])");
  Endpoint endpoint = endpoint_of(server);
  endpoint.token_env = "LEMMA_TEST_TOKEN";
  setenv("LEMMA_TEST_TOKEN", "sesame\n", 1);
  REQUIRE(ask(endpoint).ok());
  const auto log = server.log();
  REQUIRE(log.size() == 1);
  CHECK(text_of(log, "headers", "Authorization") == "Bearer sesame");
  CHECK(text_of(log, "body", "model") == "scripted");
  CHECK(log[0].find(R"("path": "/v1/chat/completions")") != std::string::npos);
  CHECK(log[0].find(R"("messages": [{"role": "user", "content": "How many?"}])") !=
        std::string::npos);
  CHECK(log[0].find(R"("stream": true)") != std::string::npos);
  unsetenv("LEMMA_TEST_TOKEN");
  const auto reply = ask(endpoint);
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.message().find("LEMMA_TEST_TOKEN") != std::string::npos);
  CHECK(server.log().size() == 1);  // nothing was sent without it
}

TEST_CASE("a gap is put to /infill where there is one, else as prefix and suffix") {
  const support::ChatServer llama(
      R"([{"raw": ["data: {\"content\":\"x +\",\"stop\":false}\n\n",
                   "data: {\"content\":\" y\",\"stop\":true,\"stop_type\":\"limit\",",
                   "\"tokens_evaluated\":7,\"tokens_predicted\":3}\n\n"]}])");
  auto reply = Client(endpoint_of(llama)).fill("return ", "\n}", {.max_tokens = 9}, {}, {});
  REQUIRE(reply.ok());
  CHECK(reply->text == "x + y");
  CHECK(reply->reason == Reply::Reason::limit);
  CHECK(reply->prompt_tokens == 7);
  CHECK(reply->generated_tokens == 3);
  CHECK(llama.log().at(0).find(R"("path": "/infill")") != std::string::npos);
  CHECK(text_of(llama.log(), "body", "input_prefix") == "return ");
  CHECK(text_of(llama.log(), "body", "input_suffix") == "\n}");

  const std::string said =
      R"({"raw": ["data: {\"choices\":[{\"text\":\"x + y\",\"finish_reason\":\"stop\"}]}\n\n"]})";
  const support::ChatServer other(R"([{"raw": ["no such path"], "status": 404}, )" + said + "]");
  const Client client(endpoint_of(other));
  reply = client.fill("return ", "\n}", {}, {}, {});
  REQUIRE(reply.ok());
  CHECK(reply->text == "x + y");
  REQUIRE(client.fill("return ", "\n}", {}, {}, {}).ok());
  auto log = other.log();
  REQUIRE(log.size() == 3);  // what it has not is asked for once
  log.erase(log.begin());
  CHECK(text_of(log, "body", "prompt") == "return ");
  CHECK(text_of(log, "body", "suffix") == "\n}");
}

TEST_CASE("what fills a gap keeps the blanks it begins with, and its tags") {
  const support::ChatServer llama(R"([{"raw": ["data: {\"content\":\" \",\"stop\":false}\n\n",
                   "data: {\"content\":\"a </think> b\",\"stop\":true}\n\n"]}])");
  auto reply = Client(endpoint_of(llama)).fill("return", "\n}", {}, {}, {});
  REQUIRE(reply.ok());
  CHECK(reply->text == " a </think> b");

  const support::ChatServer other(
      R"([{"raw": ["no such path"], "status": 404}, {"raw": ["data: {\"choices\":[{\"text\":)"
      R"(\"\\n    <think>\",\"finish_reason\":\"stop\"}]}\n\n"]}])");
  std::string streamed;
  reply = Client(endpoint_of(other))
              .fill("def f():", "", {},
                    [&](const Piece& piece) {
                      streamed += piece.text;
                      return piece.kind == PieceKind::text;
                    },
                    {});
  REQUIRE(reply.ok());
  CHECK(reply->text == "\n    <think>");
  CHECK(streamed == reply->text);
}

TEST_CASE("the last event counts without a blank line behind it, if it is whole") {
  const auto reply_to = [](const std::string& last) {
    const support::ChatServer server(
        R"([{"raw": ["no such path"], "status": 404}, {"raw": ["data: {\"choices\":[{\"text\":)"
        R"(\"x\"}]}\n\n", ")" +
        last + R"("]}])");
    return Client(endpoint_of(server)).fill("return ", "", {}, {}, {});
  };
  const auto whole =
      reply_to(R"(data: {\"choices\":[{\"text\":\" + y\",\"finish_reason\":\"stop\"}]})");
  REQUIRE(whole.ok());
  CHECK(whole->text == "x + y");
  CHECK(reply_to("data: [DONE]").ok());
  for (const char* cut : {"data: [DO", R"(data: {\"choices\":[{\"te)", "data:", ""}) {
    const auto reply = reply_to(cut);
    REQUIRE_FALSE(reply.ok());
    CHECK(reply.message().find("ended before its answer did") != std::string::npos);
  }
}

TEST_CASE("the template of the settings is the only form where there is one") {
  const support::ChatServer server(
      R"([{"raw": ["data: {\"choices\":[{\"text\":\"x\",\"finish_reason\":\"stop\"}]}\n\n"]}])");
  Endpoint endpoint = endpoint_of(server);
  endpoint.fim = "<S>{suffix}<P>{prefix}<M>";
  REQUIRE(Client(endpoint).fill("{suffix}a", "b{prefix}", {}, {}, {}).ok());
  CHECK(text_of(server.log(), "body", "prompt") == "<S>b{prefix}<P>{suffix}a<M>");
}

TEST_CASE("an endpoint that has /infill and cannot fill says so") {
  const support::ChatServer server(
      R"([{"raw": ["{\"error\":{\"message\":\"no FIM tokens\"}}"], "status": 501}])");
  const auto reply = Client(endpoint_of(server)).fill("a", "b", {}, {}, {});
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.message().find("no FIM tokens") != std::string::npos);
  CHECK(server.log().size() == 1);
}

TEST_CASE("what is wrong with an answer is a sentence") {
  check_error(R"({"raw": ["data: {garbage\n\n"]})", "no JSON");
  check_error(R"({"raw": ["\u0000\u0001 no event at all"], "type": "text/html"})", "no JSON");
  check_error(R"({"raw": [""]})", "ended before its answer did");
  check_error(R"({"say": "a long enough text", "cut": 3})", "ended before its answer did");
  check_error(R"({"raw": ["data: {\"error\":{\"message\":\"out of memory\"}}\n\n"]})",
              "failed: out of memory");
  check_error(R"({"raw": ["{\"error\":{\"message\":\"no such model\"}}"], "status": 404,
                  "type": "application/json"})",
              "no such model");
  check_error(R"({"raw": ["{\"detail\":\"who are you\"}"], "status": 401})", "token");
  check_error(R"({"raw": ["<html>oops</html>"], "status": 500})", "status 500");
  check_error(R"({"stall": true})", "has said nothing for 0.7 s");
  check_error(R"({"raw": ["data: {\"choices\":[]}\n\n", "x"], "pause_ms": 650})",
              "has said nothing for");
}

TEST_CASE("answers without an end are cut off") {
  check_error(R"({"raw": ["data: )" + std::string(65536, 'x') + R"("], "times": 20})",
              "one piece of more than 1 MB");
  check_error(R"({"raw": [")" + std::string(65536, 'x') + R"("], "times": 600, "type": "text/x"})",
              "more than 32 MB");
}

TEST_CASE("a slow endpoint is waited for, as long as it says something") {
  const support::ChatServer server(R"([{"say": "slowly but surely", "pause_ms": 200}])");
  Endpoint endpoint = endpoint_of(server);
  endpoint.silence_ms = 600;
  const auto reply = ask(endpoint);
  REQUIRE(reply.ok());
  CHECK(reply->text == "slowly but surely");
}

TEST_CASE("no redirect is followed") {
  const support::ChatServer other(R"([{"say": "stolen"}])");
  check_error(R"({"raw": [""], "status": 307, "headers": {"Location": ")" + other.url() + "\"}}",
              "not followed");
  CHECK(other.log().empty());
}

TEST_CASE("an endpoint that repeats the token does not get it into a message") {
  setenv("LEMMA_TEST_TOKEN", "sesame", 1);
  const support::ChatServer server(R"([{"raw": ["Bearer sesame is bad"], "status": 400}])");
  Endpoint endpoint = endpoint_of(server);
  endpoint.token_env = "LEMMA_TEST_TOKEN";
  const auto reply = ask(endpoint);
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.message().find("sesame") == std::string::npos);
  unsetenv("LEMMA_TEST_TOKEN");
}

TEST_CASE("who says when to come again is asked again, others are not") {
  const support::ChatServer busy(
      R"([{"raw": ["x"], "status": 503, "headers": {"Retry-After": "1"}}, {"say": "now"}])");
  const auto begin = Clock::now();
  const auto reply = ask(endpoint_of(busy));
  REQUIRE(reply.ok());
  CHECK(reply->text == "now");
  CHECK(Clock::now() - begin >= std::chrono::milliseconds(900));

  const auto once = [](const std::string& rule) {
    const support::ChatServer server("[" + rule + R"(, {"say": "twice"}])");
    CHECK_FALSE(ask(endpoint_of(server)).ok());
    CHECK(server.log().size() == 1);
  };
  once(R"({"raw": ["x"], "status": 503})");
  once(R"({"raw": ["x"], "status": 500, "headers": {"Retry-After": "1"}})");
  once(R"({"raw": ["x"], "status": 429, "headers": {"Retry-After": "3600"}})");
  once(R"({"say": "a long enough text", "cut": 3})");  // a byte of it had arrived
}

TEST_CASE("where nobody listens that is said, after a few attempts") {
  Endpoint endpoint;
  {
    const support::ChatServer gone(R"([{"say": "x"}])");
    endpoint = endpoint_of(gone);
  }
  const auto begin = Clock::now();
  const auto reply = ask(endpoint);
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.message().find("cannot be reached") != std::string::npos);
  const auto took = Clock::now() - begin;
  CHECK(took > std::chrono::milliseconds(900));  // 150, 300 and 600 ms at least
  CHECK(took < std::chrono::seconds(5));
}

TEST_CASE("stopping closes the connection at once, whatever it waits for") {
  for (const char* rule :
       {R"({"stall": true})", R"({"say": "for ever and ever and ever", "pause_ms": 400})",
        R"({"raw": ["x"], "status": 503, "headers": {"Retry-After": "20"}})"}) {
    INFO(rule);
    const support::ChatServer server("[" + std::string(rule) + "]");
    std::stop_source source;
    std::thread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(900));
      source.request_stop();
    });
    const auto begin = Clock::now();
    const auto reply = ask(endpoint_of(server), {}, source.get_token());
    CHECK(Clock::now() - begin < std::chrono::milliseconds(1400));
    REQUIRE(reply.ok());
    CHECK(reply->reason == Reply::Reason::stopped);
    stopper.join();
  }
}

TEST_CASE("who has heard enough ends the answer, and keeps what there was") {
  const support::ChatServer server(R"([{"say": "one two three four five six", "pause_ms": 50}])");
  const auto reply = ask(endpoint_of(server), [](const Piece& piece) {
    return piece.text.find("thr") == std::string::npos;
  });
  REQUIRE(reply.ok());
  CHECK(reply->reason == Reply::Reason::stopped);
  CHECK(reply->text.starts_with("one two"));
  CHECK(reply->text.size() < 27);
}

TEST_CASE("connections stay open between answers, as long as nobody closes them") {
  struct Case {
    const char* script;
    const char* expected;  // which connection each of the requests came by
  };
  for (const auto& [script, expected] : {
           Case{R"([{"say": "one", "keep": true}])", "aaa"},
           Case{R"([{"say": "one"}])", "abc"},
           Case{R"([{"say": "one", "keep": "pretend"}])", "abc"},
           Case{R"([{"say": "one", "keep": "linger"}])", "abc"},
           // Closed under the second question, which is put again by another connection.
           Case{R"([{"say": "one", "keep": true}, {"vanish": true},
                    {"say": "one", "keep": true}])",
                "aabb"},
           Case{R"([{"say": "one two three four five six", "pause_ms": 10, "keep": true}])", "abc"},
       }) {
    INFO(script);
    const support::ChatServer server(script);
    const Client client(endpoint_of(server));
    for (int i = 0; i < 3; ++i) {
      const auto begin = Clock::now();
      const auto reply = client.chat(
          {{Message::Role::user, "How many?"}}, {},
          [](const Piece& piece) { return piece.text.find("thr") == std::string::npos; }, {});
      REQUIRE(reply.ok());
      CHECK(reply->text.starts_with("one"));
      CHECK(Clock::now() - begin < std::chrono::seconds(5));
    }
    CHECK(connections_of(server.log()) == expected);
  }
}
