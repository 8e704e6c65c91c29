#include "tests/lsp/server/client.h"

#include <poll.h>
#include <spdlog/sinks/ostream_sink.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>

#include "tests/support/catch.h"

namespace server_test {
namespace {

using lsp::server::Answer;
using lsp::server::Question;

class FakeModel : public lsp::server::Model {
 public:
  explicit FakeModel(Complete complete) : complete_(std::move(complete)) {}
  lsp::server::ModelInfo info() const override { return info_; }
  lsp::server::base::Result<std::optional<Answer>> complete(const Question& question,
                                                            std::stop_token stop) override {
    return complete_(question, std::move(stop));
  }
  void prepare(const lsp::server::Snapshot&, const std::vector<std::string>&) override {}
  void forget(const std::string&) override {}

 private:
  Complete complete_;
  lsp::server::ModelInfo info_{"/fake.gguf", "/fake.adapter", "fake", "none", "a fake model"};
};

}  // namespace

Answer insert_at_cursor(const Question& question, const std::string& text) {
  return {text, {question.cursor, question.cursor}};
}

Complete until_stopped() {
  return [](const Question& question, std::stop_token stop) -> std::optional<Answer> {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait(lock, stop, [] { return false; });
    return insert_at_cursor(question, "too late");
  };
}

Complete with_version() {
  return [](const Question& question, std::stop_token) -> std::optional<Answer> {
    return insert_at_cursor(question, "v" + std::to_string(question.document->version()));
  };
}

lsp::server::LoadModel model_that(Complete complete) {
  return [complete]() -> lsp::server::base::Result<std::shared_ptr<lsp::server::Model>> {
    return std::shared_ptr<lsp::server::Model>(std::make_shared<FakeModel>(complete));
  };
}

Client::Client(Setup setup) {
  std::signal(SIGPIPE, SIG_IGN);
  int input[2];
  int output[2];
  REQUIRE(pipe(input) == 0);
  REQUIRE(pipe(output) == 0);
  to_server_ = input[1];
  from_server_ = output[0];
  auto log = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
  server_ = std::thread([this, in = input[0], out = output[1], setup = std::move(setup), log] {
    lsp::server::Server server(in, out,
                               {.settings = setup.settings,
                                .problems = setup.problems,
                                .load = setup.load,
                                .model_path = "/configured.gguf",
                                .version = "1.2.3",
                                .log = log,
                                .debug = setup.debug,
                                .filler = setup.filler,
                                .tester = setup.tester,
                                .solver = setup.solver,
                                .evaluator = setup.evaluator,
                                .edits = setup.edits,
                                .chat = setup.chat,
                                .changer = setup.changer,
                                .no_chat = "set remote.url"});
    exit_code_ = server.run();
  });
}

Client::~Client() {
  close_input();
  if (server_.joinable()) server_.join();
  close(from_server_);
}

void Client::close_input() {
  if (to_server_ >= 0) close(to_server_);
  to_server_ = -1;
}

void Client::send_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(to_server_, bytes.data(), bytes.size());
    REQUIRE(written > 0);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void Client::send(json message) {
  message["jsonrpc"] = "2.0";
  send_bytes(lsp::wire::frame(message.dump()));
}

void Client::notify(const std::string& method, json params) {
  send({{"method", method}, {"params", std::move(params)}});
}

json Client::request(const std::string& method, json params) {
  const int id = ++last_id_;
  send({{"id", id}, {"method", method}, {"params", std::move(params)}});
  return id;
}

void Client::answer(const json& id, json result) {
  send({{"id", id}, {"result", std::move(result)}});
}

json Client::receive() {
  while (received_.empty()) {
    pollfd ready{from_server_, POLLIN, 0};
    if (poll(&ready, 1, 60'000) <= 0) FAIL("the server is silent");
    char buffer[4096];
    const ssize_t size = read(from_server_, buffer, sizeof buffer);
    if (size <= 0) FAIL("the server has closed its output");
    reader_.push({buffer, static_cast<size_t>(size)});
    while (auto body = reader_.next()) {
      REQUIRE(body->ok());
      received_.push_back(json::parse(**body));
      REQUIRE(received_.back().at("jsonrpc") == "2.0");
    }
  }
  json message = std::move(received_.front());
  received_.pop_front();
  return message;
}

json Client::response(const json& id) {
  const auto answers = [&](const json& message) {
    return !message.contains("method") && message.at("id") == id;
  };
  const auto kept = std::find_if(others.begin(), others.end(), answers);
  if (kept != others.end()) {
    json message = std::move(*kept);
    others.erase(kept);
    return message;
  }
  while (true) {
    json message = receive();
    if (answers(message)) return message;
    others.push_back(std::move(message));
  }
}

json Client::message(const std::string& method) {
  for (auto it = others.begin(); it != others.end(); ++it) {
    if (it->value("method", "") != method) continue;
    json message = std::move(*it);
    others.erase(it);
    return message;
  }
  while (true) {
    json message = receive();
    if (message.value("method", "") == method) return message;
    others.push_back(std::move(message));
  }
}

json Client::start(json capabilities, json options, const std::string& locale) {
  const json result = call("initialize", {{"processId", nullptr},
                                          {"locale", locale},
                                          {"capabilities", std::move(capabilities)},
                                          {"initializationOptions", std::move(options)}});
  notify("initialized", json::object());
  wait_for_model();
  return result.at("result");
}

void Client::wait_for_model() {
  while (call("lemma/status", nullptr).at("result").at("state") == "loading") {
  }
}

void Client::open(const std::string& uri, const std::string& text, int version,
                  const std::string& language) {
  notify("textDocument/didOpen",
         {{"textDocument",
           {{"uri", uri}, {"languageId", language}, {"version", version}, {"text", text}}}});
}

void Client::type(const std::string& uri, int version, int line, int character,
                  const std::string& text) {
  const json at{{"line", line}, {"character", character}};
  const json change{{"range", {{"start", at}, {"end", at}}}, {"text", text}};
  notify("textDocument/didChange", {{"textDocument", {{"uri", uri}, {"version", version}}},
                                    {"contentChanges", json::array({change})}});
}

json Client::ask(const std::string& uri, int line, int character, Trigger trigger) {
  return request("textDocument/inlineCompletion",
                 {{"textDocument", {{"uri", uri}}},
                  {"position", {{"line", line}, {"character", character}}},
                  {"context", {{"triggerKind", trigger == Trigger::invoked ? 1 : 2}}}});
}

int Client::exit_code() {
  server_.join();
  return exit_code_.value();
}

int Client::leave() {
  call("shutdown", nullptr);
  notify("exit", nullptr);
  return exit_code();
}

}  // namespace server_test
