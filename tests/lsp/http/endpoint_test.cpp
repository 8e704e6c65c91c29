// The endpoint over real sockets, with an engine that is paced (a test double).
#include "lsp/http/endpoint.h"

#include "tests/lsp/http/chat_form.h"
#include "tests/lsp/http/client.h"
#include "tests/lsp/http/paced_engine.h"
#include "tests/support/catch.h"

namespace {

using namespace lsp::http;
using std::chrono::milliseconds;
using support::Client;
using support::PacedEngine;

struct Served {
  explicit Served(Limits limits = {}, std::chrono::microseconds pace = milliseconds(1))
      : engine(std::make_shared<PacedEngine>(pace)) {
    Options options = support::endpoint_options();
    options.limits = limits;
    options.engine = [this]() -> base::Result<std::shared_ptr<engine::session::Engine>> {
      if (!failure.empty()) return base::fail(failure);
      return std::shared_ptr<engine::session::Engine>(engine);
    };
    endpoint = std::move(*Endpoint::start(std::move(options)));
  }

  std::string url() const { return endpoint->url(); }

  std::string failure;
  std::shared_ptr<PacedEngine> engine;
  std::unique_ptr<Endpoint> endpoint;
};

template <typename Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 1000 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(10));
  return condition();
}

const std::string short_one = R"({"prompt":"a","max_tokens":3})";
const std::string endless = R"({"prompt":"a","max_tokens":2000,"stream":true})";

}  // namespace

TEST_CASE("a completion is answered whole or in pieces, on one connection") {
  Served served;
  Client client(served.url());
  client.post("/v1/completions", short_one);
  const auto whole = client.answer();
  CHECK(whole.status == 200);
  CHECK(whole.body.find("\"finish_reason\":\"length\"") != std::string::npos);
  CHECK(whole.body.find("\"completion_tokens\":3") != std::string::npos);
  client.post("/v1/completions", R"({"prompt":"a","max_tokens":3,"stream":true,)"
                                 R"("stream_options":{"include_usage":true}})");
  const std::string stream = client.read_to("data: [DONE]\n\n\r\n0\r\n\r\n");
  CHECK(stream.find("text/event-stream") != std::string::npos);
  CHECK(stream.find("\"usage\"") != std::string::npos);
  client.get("/health");
  CHECK(client.answer().body == R"({"status":"ok"})");
  client.get("/v1/models");
  CHECK(client.answer().body.find("\"scripted\"") != std::string::npos);
  client.get("/metrics");
  const std::string metrics = client.answer().body;
  CHECK(metrics.find("lemma_http_answers_total{route=\"/v1/completions\",status=\"200\"} 2") !=
        std::string::npos);
  CHECK(metrics.find("lemma_http_generated_tokens_total{holder=\"first\"}") != std::string::npos);
}

TEST_CASE("a client may ask whether its body is wanted, and one of HTTP/1.0 is answered its way") {
  Served served;
  Client client(served.url());
  const std::string fields =
      "Host: localhost\r\nAuthorization: Bearer " + std::string(support::secret) +
      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(short_one.size()) +
      "\r\n";
  client.write("POST /v1/completions HTTP/1.1\r\nExpect: 100-continue\r\n" + fields + "\r\n");
  CHECK(client.read_to("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.write(short_one);
  CHECK(client.answer().status == 200);
  Client old(served.url());
  std::string stream = short_one;
  stream.replace(stream.size() - 1, 1, R"(,"stream":true})");
  old.write("POST /v1/completions HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer " +
            std::string(support::secret) +
            "\r\nContent-Type: application/json\r\nContent-Length: " +
            std::to_string(stream.size()) + "\r\n\r\n" + stream);
  const std::string answer = old.read_to("no such end");
  CHECK(answer.find("chunked") == std::string::npos);
  CHECK(answer.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("each token has a partition of the prefix cache, and none has the local user's") {
  Served served;
  Client client(served.url());
  client.post("/v1/completions", short_one);
  client.answer();
  CHECK(served.engine->last_partition == 1);
  client.post("/v1/completions", short_one, support::other_secret);
  client.answer();
  CHECK(served.engine->last_partition == 2);
}

TEST_CASE("chat is refused by name, and what is wrong in a body as well") {
  Served served;
  Client client(served.url());
  client.post("/v1/chat/completions", R"({"messages":[{"role":"user","content":"hi"}]})");
  const auto chat = client.answer();
  CHECK(chat.status == 400);
  CHECK(chat.body.find("model_not_instruct") != std::string::npos);
  client.post("/v1/completions", R"({"prompt":1})");
  CHECK(client.answer().status == 400);
  client.post("/v1/completions", short_one);
  CHECK(client.answer().status == 200);
}

TEST_CASE("a model that can be spoken to answers chats, its thinking apart") {
  const auto engine = std::make_shared<lsp::features::ScriptedEngine>();
  engine->says = "<think>3 + 4</think>\n\nSev\"en";
  Options options = support::endpoint_options();
  const Acquire acquire = [engine]() -> base::Result<std::shared_ptr<engine::session::Engine>> {
    return std::shared_ptr<engine::session::Engine>(engine);
  };
  options.engine = acquire;
  options.chat = Chat{"speaker", support::turns_in_words(), acquire};
  const auto check_has = [](const std::string& text, const std::vector<const char*>& parts) {
    for (const char* part : parts) {
      INFO(part << " in " << text);
      CHECK(text.find(part) != std::string::npos);
    }
  };
  const auto endpoint = std::move(*Endpoint::start(options));
  Client client(endpoint->url());
  const std::string ask = R"({"messages":[{"role":"user","content":"hi"}])";
  client.post("/v1/chat/completions", ask + "}");
  const auto whole = client.answer();
  CHECK(whole.status == 200);
  check_has(whole.body,
            {R"("content":"Sev\"en")", R"("reasoning_content":"3 + 4")", R"("role":"assistant")",
             R"("object":"chat.completion")", R"("model":"speaker")", R"("finish_reason":"stop")"});
  client.post("/v1/chat/completions",
              ask + R"(,"stream":true,"stream_options":{"include_usage":true}})");
  check_has(client.read_to("data: [DONE]\n\n\r\n0\r\n\r\n"),
            {R"("delta":{"content":"","role":"assistant"})", R"("object":"chat.completion.chunk")",
             R"("delta":{"reasoning_content":"3)", R"("delta":{},"finish_reason":"stop")",
             R"("usage":{)"});
  client.get("/v1/models");
  check_has(client.answer().body, {R"("id":"scripted")", R"("id":"speaker")"});

  options.chat->form =  // whose marks this vocabulary lacks
      *lsp::features::chat::Template::make(
          "{% for m in messages %}<｜User｜>{{ m.content }}{% endfor %}", "", "");
  const auto marked = std::move(*Endpoint::start(options));
  Client other(marked->url());
  other.post("/v1/chat/completions", ask + "}");
  const auto refused = other.answer();
  CHECK(refused.status == 400);
  check_has(refused.body, {"<｜User｜>"});
}

TEST_CASE("a model that cannot be loaded is said, and nothing hangs") {
  Served served;
  served.failure = "no model at 'x'";
  Client client(served.url());
  client.post("/infill", R"({"input_prefix":"a"})");
  const auto answer = client.answer();
  CHECK(answer.status == 503);
  CHECK(answer.body.find("no model at 'x'") != std::string::npos);
}

TEST_CASE("a refusal reaches a client that has sent its body already") {
  Served served;
  Client client(served.url());
  client.post("/v1/completions", std::string(1 << 20, 'x'), "0123456789abcdefWRONG");
  CHECK(client.answer().status == 401);
  Client large(served.url());
  large.post("/v1/completions", std::string(5 << 20, 'x'));
  CHECK(large.answer().status == 413);
  Client chunked(served.url());
  chunked.write("POST /infill HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                std::string(support::secret) +
                "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 5; ++i) chunked.write("100000\r\n" + std::string(1 << 20, 'x') + "\r\n");
  CHECK(chunked.answer().status == 413);
  Client header(served.url());
  header.write("GET /health HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  CHECK(header.answer().status == 431);
  Client nonsense(served.url());
  nonsense.write("\x16\x03\x01 no HTTP\r\n\r\n");
  CHECK(nonsense.answer().status == 400);
}

TEST_CASE("the body of a request that takes none is not the next request") {
  Served served;
  Client client(served.url());
  const std::string second = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.write("GET /health HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
               std::string(support::secret) +
               "\r\nContent-Length: " + std::to_string(second.size()) + "\r\n\r\n" + second);
  CHECK(client.answer().status == 200);
  CHECK(client.read_to("HTTP/1.1 ").empty());
}

TEST_CASE("a client that hangs up stops its request, streamed or not, and one that waits") {
  Served served({.running = 2});
  {
    Client streaming(served.url());
    streaming.post("/v1/completions", endless);
    streaming.read_to("data: ");
    Client whole(served.url());
    whole.post("/v1/completions", R"({"prompt":"a","max_tokens":2000})");
    CHECK(soon([&] { return served.engine->submitted == 2; }));
    Client waiting(served.url());
    waiting.post("/v1/completions", short_one);
    std::this_thread::sleep_for(milliseconds(50));
  }
  CHECK(soon([&] { return served.engine->stopped == 2; }));
  Client next(served.url());
  next.post("/v1/completions", short_one);
  CHECK(next.answer().status == 200);
  CHECK(served.engine->submitted == 3);
}

TEST_CASE("a client that stops reading is let go after its time, and the others get theirs") {
  Served served({.write = milliseconds(300)});
  served.engine->padding.assign(8192, ' ');  // more than the socket's buffers hold
  Client slow(served.url(), 2048);
  slow.post("/v1/completions", R"({"prompt":"a","max_tokens":1000000,"stream":true})");
  Client other(served.url());
  other.post("/v1/completions", short_one);
  CHECK(other.answer().status == 200);
  CHECK(soon([&] { return served.engine->stopped == 1; }));
}

TEST_CASE("a client that sends nothing, or a body by drops, is let go after its time") {
  Served served({.header = milliseconds(200), .body = milliseconds(200)});
  Client silent(served.url());
  CHECK(silent.answer().status == 0);
  Client half(served.url());
  half.write("POST /infill HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
             std::string(support::secret) +
             "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
  half.answer();
  Client next(served.url());
  next.post("/v1/completions", short_one);
  CHECK(next.answer().status == 200);
  CHECK(served.engine->submitted == 1);
}

TEST_CASE("four times as many as there is room for: some are served, the others told when") {
  Served served({.concurrent = 64, .per_minute = 60'000, .running = 8, .queue = 8});
  std::atomic<int> good = 0, refused = 0, other = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 64; ++i) {
    clients.emplace_back([&] {
      Client client(served.url());
      client.post("/v1/completions", R"({"prompt":"a","max_tokens":200})");
      const auto answer = client.answer();
      const bool told = answer.header.find("Retry-After: ") != std::string::npos;
      ++(answer.status == 200 ? good : answer.status == 429 && told ? refused : other);
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(other == 0);
  CHECK(good >= 16);
  CHECK(good + refused == 64);
  CHECK(refused > 0);
  CHECK(served.engine->most_at_once <= 8);
}

TEST_CASE("the endpoint ends while requests run and clients wait") {
  auto served = std::make_unique<Served>();
  Client client(served->url());
  client.post("/v1/completions", endless);
  client.read_to("data: ");
  Client idle(served->url());
  idle.get("/health");
  idle.answer();
  const auto engine = served->engine;
  served->endpoint.reset();
  CHECK(soon([&] { return engine->ended == 1; }));
  CHECK(idle.answer().status == 0);
}

TEST_CASE("other machines are served with TLS alone, and a port that is taken is said") {
  Options options = support::endpoint_options();
  options.address = {"0.0.0.0", 0, false};
  CHECK(Endpoint::start(options).message().find("--http-certificate") != std::string::npos);
  options.tls = Tls{"/nowhere/cert.pem", "/nowhere/key.pem"};
  CHECK(Endpoint::start(options).message().find("/nowhere/cert.pem") != std::string::npos);
  Served served;
  Options taken = support::endpoint_options();
  taken.address = *parse_address(served.url().substr(7));
  CHECK(Endpoint::start(taken).message().find("port") != std::string::npos);
}

TEST_CASE("a probe tells an endpoint from anything else") {
  std::string url;
  {
    Served served;
    url = served.url();
    CHECK(probe(url));
    const base::Status secure = probe("https" + url.substr(4));
    CHECK(secure.message().find("no TLS there") != std::string::npos);
  }
  CHECK(probe(url).message().find("nobody listens") != std::string::npos);
}
