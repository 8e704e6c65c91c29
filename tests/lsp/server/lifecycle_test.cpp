// From initialize to exit, and what lies outside of that.
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lsp/server/debug_scene.h"
#include "tests/support/catch.h"

using namespace server_test;

namespace {

void check_error(const json& response, int code) {
  INFO(response.dump());
  REQUIRE(response.contains("error"));
  CHECK(response.at("error").at("code") == code);
  CHECK_FALSE(response.at("error").at("message").get<std::string>().empty());
}

// The request that creates the progress of the model's loading, not answered yet.
json start_with_progress(Client& client) {
  client.call("initialize", {{"processId", nullptr},
                             {"capabilities",
                              {{"window", {{"workDoneProgress", true}}},
                               {"experimental", {{"lemmaStatus", true}}},
                               {"textDocument", {{"inlineCompletion", json::object()}}}}}});
  client.notify("initialized", json::object());
  return client.message("window/workDoneProgress/create");
}

}  // namespace

TEST_CASE("initialize, shutdown, exit: the process ends with 0") {
  Client client;
  const json result = client.start();
  CHECK(result.at("serverInfo") == json({{"name", "lemma"}, {"version", "1.2.3"}}));
  CHECK(result.at("capabilities").at("positionEncoding") == "utf-8");
  CHECK(result.at("capabilities").at("textDocumentSync").at("change") == 2);
  CHECK(client.leave() == 0);
}

TEST_CASE("exit without shutdown ends with 1") {
  Client client;
  client.start();
  client.notify("exit", nullptr);
  CHECK(client.exit_code() == 1);
}

TEST_CASE("exit before initialize ends with 1") {
  Client client;
  client.notify("exit", nullptr);
  CHECK(client.exit_code() == 1);
}

TEST_CASE("the end of the input ends the server") {
  Client client;
  client.start();
  client.close_input();
  CHECK(client.exit_code() == 1);
}

TEST_CASE("the end of the input after shutdown ends with 0") {
  Client client;
  client.start();
  client.call("shutdown", nullptr);
  client.close_input();
  CHECK(client.exit_code() == 0);
}

TEST_CASE("the end of the client's process ends the server") {
  const pid_t process = fork();
  if (process == 0) {
    pause();
    _exit(0);
  }
  Client client;
  client.call("initialize", {{"processId", process}, {"capabilities", json::object()}});
  kill(process, SIGKILL);
  waitpid(process, nullptr, 0);
  CHECK(client.exit_code() == 1);
}

TEST_CASE("a client's process that cannot be seen is no reason to end") {
  Client client;
  client.call("initialize", {{"processId", 0x7FFFFFFF}, {"capabilities", json::object()}});
  CHECK(client.leave() == 0);
}

TEST_CASE("requests outside of the protocol's states are refused") {
  Client client;
  check_error(client.call("textDocument/inlineCompletion", json::object()), -32002);
  check_error(client.call("shutdown", nullptr), -32002);
  client.open("file:///a.py", "ignored");
  check_error(client.call("initialize", {{"processId", 1}}), -32602);  // without capabilities
  client.start();
  check_error(client.call("initialize", {{"processId", nullptr}, {"capabilities", {}}}), -32600);
  check_error(client.call("no/such/method", json::object()), -32601);
  check_error(client.call("$/no/such/method", json::object()), -32601);
  client.notify("no/such/notification", json::object());
  client.notify("$/setTrace", {{"value", "off"}});
  check_error(client.response(client.ask("file:///a.py", 0, 0)), -32602);  // opened too early
  client.call("shutdown", nullptr);
  check_error(client.call("lemma/status", nullptr), -32600);
  check_error(client.call("shutdown", nullptr), -32600);
  client.notify("exit", nullptr);
  CHECK(client.exit_code() == 0);
}

TEST_CASE("a client without inline completion is offered classic completion") {
  Client client;
  const json result = client.start(json::object());
  CHECK(result.at("capabilities").at("positionEncoding") == "utf-16");
  CHECK(result.at("capabilities").contains("completionProvider"));
  CHECK_FALSE(result.at("capabilities").contains("inlineCompletionProvider"));

  Client modern;
  const json capabilities = modern.start().at("capabilities");
  CHECK(capabilities.contains("inlineCompletionProvider"));
  CHECK_FALSE(capabilities.contains("completionProvider"));
}

TEST_CASE("a slow load shows progress to clients that take it, and requests get null meanwhile") {
  std::promise<void> loaded;
  Client client({.load = [&] {
    loaded.get_future().wait();
    return model_that(with_version())();
  }});
  const json create = start_with_progress(client);
  client.answer(create.at("id"), nullptr);
  const json begin = client.message("$/progress");
  CHECK(begin.at("params").at("token") == create.at("params").at("token"));
  CHECK(begin.at("params").at("value").at("kind") == "begin");
  CHECK(client.message("lemma/status").at("params").at("state") == "loading");
  client.open("file:///a.py", "x");
  CHECK(client.response(client.ask("file:///a.py", 0, 1)).at("result").is_null());
  loaded.set_value();
  CHECK(client.message("$/progress").at("params").at("value").at("kind") == "end");
  CHECK(client.message("lemma/status").at("params").at("state") == "ready");
  CHECK(client.response(client.ask("file:///a.py", 0, 1)).at("result").is_object());
  CHECK(client.leave() == 0);
}

TEST_CASE("a command without arguments is about what was used last, after a load too") {
  std::promise<void> loaded;
  Client client({.load =
                     [&] {
                       loaded.get_future().wait();
                       return model_that(with_version())();
                     },
                 .debug = {.debugger = std::make_shared<Scripted>()}});
  start_with_progress(client);
  client.open("file:///z.py", "x");
  client.open("file:///a.py", "x");
  loaded.set_value();
  client.wait_for_model();
  client.call("workspace/executeCommand", {{"command", "lemma.debug"}});
  const json said = client.message("window/showMessage").at("params").at("message");
  CHECK(said.get<std::string>().find("nothing was run: /a.py") != std::string::npos);
}

TEST_CASE("progress that is created when the model is there already begins and ends") {
  std::promise<void> loaded;
  Client client({.load = [&] {
    loaded.get_future().wait();
    return model_that(with_version())();
  }});
  const json create = start_with_progress(client);
  CHECK(client.message("lemma/status").at("params").at("state") == "loading");
  loaded.set_value();
  CHECK(client.message("lemma/status").at("params").at("state") == "ready");
  client.answer(create.at("id"), nullptr);
  CHECK(client.message("$/progress").at("params").at("value").at("kind") == "begin");
  CHECK(client.message("$/progress").at("params").at("value").at("kind") == "end");
  CHECK(client.leave() == 0);
}

TEST_CASE("a model that cannot be loaded is said once, and the server lives on") {
  const std::string message = "/m.gguf: no such file; get one";
  Client client({.load = [&]() -> lsp::server::base::Result<std::shared_ptr<lsp::server::Model>> {
    return lsp::server::base::Error{message};
  }});
  client.start();
  const json shown = client.message("window/showMessage");
  CHECK(shown.at("params").at("type") == 1);
  CHECK(shown.at("params").at("message") == "lemma: " + message);
  const json status = client.call("lemma/status", nullptr).at("result");
  CHECK(status.at("state") == "failed");
  CHECK(status.at("message") == message);
  CHECK(status.at("model") == "/configured.gguf");
  client.open("file:///a.py", "x");
  CHECK(client.response(client.ask("file:///a.py", 0, 1)).at("result").is_null());
  CHECK(client.leave() == 0);
  for (const json& other : client.others) CHECK(other.value("method", "") != "window/showMessage");
}

TEST_CASE("a load that throws counts as failed") {
  Client client({.load = []() -> lsp::server::base::Result<std::shared_ptr<lsp::server::Model>> {
    throw std::bad_alloc();
  }});
  client.start();
  CHECK(client.call("lemma/status", nullptr).at("result").at("state") == "failed");
  CHECK(client.leave() == 0);
}

TEST_CASE("the status names model, backend, device, memory and the last latency") {
  Client client;
  client.start();
  json status = client.call("lemma/status", nullptr).at("result");
  CHECK(status.at("state") == "ready");
  CHECK(status.at("model") == "/fake.gguf");
  CHECK(status.at("adapter") == "/fake.adapter");
  CHECK(status.at("backend") == "fake");
  CHECK(status.at("device") == "none");
  CHECK(status.at("busy") == false);
  CHECK(status.at("memoryBytes").get<int64_t>() > 1'000'000);
  CHECK_FALSE(status.contains("lastMs"));
  client.open("file:///a.py", "x");
  client.response(client.ask("file:///a.py", 0, 1));
  status = client.call("lemma/status", nullptr).at("result");
  CHECK(status.at("lastMs").get<double>() >= 0);
}
