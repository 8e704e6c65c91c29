#include "lsp/server/settings.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"

using namespace lsp::server;
using server_test::Client;
using server_test::json;

namespace {

const json with_configuration{{"workspace", {{"configuration", true}}}};

void check_problem(const lsp::wire::Setting& setting, Origin origin, const std::string& expected) {
  Settings settings;
  const auto problems = apply({setting}, origin, settings);
  INFO(setting.key);
  REQUIRE(problems.size() == 1);
  INFO(problems[0].message);
  CHECK(problems[0].message.find(expected) != std::string::npos);
}

// What a configuration file with this text sets, or the problems with it.
struct FromFile {
  Settings settings;
  std::string problems;
};

FromFile from_file(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("lemma-config-" + std::to_string(getpid()) + ".toml");
  std::ofstream(path) << text;
  const auto values = read_config(path);
  std::filesystem::remove(path);
  FromFile result;
  if (!values) {
    result.problems = values.message();
    return result;
  }
  for (const Problem& problem : apply(*values, Origin::machine, result.settings)) {
    result.problems += problem.message + "\n";
  }
  return result;
}

}  // namespace

TEST_CASE("every setting is set, from the machine") {
  Settings settings;
  const std::vector<lsp::wire::Setting> values{
      {"completion.enabled", false},
      {"completion.multiline", false},
      {"completion.tokens", int64_t{9}},
      {"completion.exclude", std::vector<std::string>{"a"}},
      {"log.level", std::string("debug")},
      {"log.file", std::string("/l")},
      {"model", std::string("/m")},
      {"memory", std::string("/n")},
      {"adapter", std::string("/a")},
      {"backend", std::string("reference")},
      {"kv_cache", std::string("fp8")},
      {"threads", int64_t{3}},
      {"remote.url", std::string("https://a/v1")},
      {"remote.model", std::string("r1")},
      {"chat.model", std::string("/c")},
      {"remote.token_env", std::string("T")},
      {"remote.token_file", std::string("/t")},
      {"remote.fim", std::string("{prefix}{suffix}")},
      {"remote.ability", std::string("reason")},
      {"remote.thinking_tokens", int64_t{7}},
      {"run.python", std::string("/p")}};
  CHECK(apply(values, Origin::machine, settings).empty());
  CHECK_FALSE(settings.completion.enabled);
  CHECK_FALSE(settings.completion.multiline);
  CHECK(settings.completion.tokens == 9);
  CHECK(settings.kv_cache == "fp8");
  CHECK(settings.completion.exclude == std::vector<std::string>{"a"});
  CHECK(settings.log_level == "debug");
  CHECK(settings.log_file == "/l");
  CHECK(settings.python == "/p");
  CHECK(settings.model == "/m");
  CHECK(settings.memory == "/n");
  CHECK(settings.adapter == "/a");
  CHECK(settings.backend == "reference");
  CHECK(settings.threads == 3);
  CHECK(settings.remote.url == "https://a/v1");
  CHECK(settings.chat_model == "/c");
  CHECK(settings.remote.model == "r1");
  CHECK(settings.remote.token_env == "T");
  CHECK(settings.remote.token_file == "/t");
  CHECK(settings.remote.fim == "{prefix}{suffix}");
  CHECK(settings.remote.ability == "reason");
  CHECK(settings.remote.thinking_tokens == 7);
}

TEST_CASE("what names files and programs is refused from an editor") {
  for (const char* name :
       {"model", "memory", "adapter", "backend", "kv_cache", "log.file", "chat.model", "remote.url",
        "remote.model", "remote.token_env", "remote.token_file", "remote.fim", "remote.ability"}) {
    check_problem({name, std::string("x")}, Origin::editor, "is refused from the editor");
  }
  check_problem({"threads", int64_t{1}}, Origin::editor, "is refused from the editor");
  Settings settings;
  apply({{"model", std::string("/evil")}}, Origin::editor, settings);
  CHECK(settings.model.empty());
}

TEST_CASE("problems name the setting and what is expected") {
  check_problem({"completion.enabld", true}, Origin::editor, "unknown setting 'completion.enabld'");
  check_problem({"completion.enabled", std::string("yes")}, Origin::editor,
                "'completion.enabled' must be true or false");
  check_problem({"completion.tokens", int64_t{0}}, Origin::editor, "whole number from 1 to 512");
  check_problem({"completion.tokens", 2.5}, Origin::editor, "whole number from 1 to 512");
  check_problem({"completion.exclude", std::string("c")}, Origin::editor, "a list of language");
  check_problem({"completion", lsp::wire::Unusable{}}, Origin::editor,
                "a section: its settings stand below [completion]");
  check_problem({"backend", std::string("gpu")}, Origin::machine,
                R"("auto", "cpu", "cuda", "reference" or "none")");
  check_problem({"kv_cache", std::string("fp4")}, Origin::machine, R"("f16" or "fp8")");
}

TEST_CASE("config.toml sets what it says, and its mistakes have a line") {
  const FromFile good = from_file(
      "model = '/m.gguf'\nthreads = 2\n[completion]\nexclude = ['c', 'cpp']\ntokens = 12\n");
  CHECK(good.problems.empty());
  CHECK(good.settings.model == "/m.gguf");
  CHECK(good.settings.threads == 2);
  CHECK(good.settings.completion.tokens == 12);
  CHECK(good.settings.completion.exclude == std::vector<std::string>{"c", "cpp"});
  CHECK(from_file("a = 1\nmodel = [\n").problems.find("line 2") != std::string::npos);
  CHECK(from_file("model = 1979-05-27\n").problems.find("'model' must be a path") !=
        std::string::npos);
  CHECK(from_file("").problems.empty());
  CHECK(read_config("/no/such/file")->empty());
}

TEST_CASE("settings come from initializationOptions, workspace/configuration and events") {
  Client client;
  json capabilities = with_configuration;
  capabilities["textDocument"] = {{"inlineCompletion", json::object()}};
  client.start(capabilities, {{"completion", {{"enabled", false}}}});
  client.open("file:///a", "x");
  const auto offered = [&] {
    return !client.response(client.ask("file:///a", 0, 0)).at("result").is_null();
  };
  CHECK_FALSE(offered());
  const json asked = client.message("workspace/configuration");
  CHECK(asked.at("params").at("items") == json({{{"section", "lemma"}}}));
  client.answer(asked.at("id"), {{{"completion", {{"enabled", true}}}}});
  CHECK(offered());
  client.notify("workspace/didChangeConfiguration",
                {{"settings", {{"lemma", {{"completion.enabled", false}}}}}});
  CHECK_FALSE(offered());
  client.notify("workspace/didChangeConfiguration", {{"settings", nullptr}});
  client.answer(client.message("workspace/configuration").at("id"), {nullptr});
  CHECK_FALSE(offered());  // initializationOptions again
}

TEST_CASE("a client that registers is asked to report changes") {
  Client client;
  client.start({{"workspace", {{"didChangeConfiguration", {{"dynamicRegistration", true}}}}}});
  const json registration = client.message("client/registerCapability");
  CHECK(registration.at("params").at("registrations").at(0).at("method") ==
        "workspace/didChangeConfiguration");
  client.answer(registration.at("id"), nullptr);
  CHECK(client.leave() == 0);
}

TEST_CASE("a refused setting is shown once, however often it arrives") {
  Client client;
  client.start(json::object(), {{"model", "/evil.gguf"}});
  const json shown = client.message("window/showMessage").at("params");
  CHECK(shown.at("type") == 2);
  CHECK(shown.at("message").get<std::string>().find("'model' is refused") != std::string::npos);
  for (int i = 0; i < 3; ++i) {
    client.notify("workspace/didChangeConfiguration",
                  {{"settings", {{"lemma", {{"model", "/evil.gguf"}}}}}});
  }
  CHECK(client.call("lemma/status", nullptr).at("result").at("model") == "/fake.gguf");
  CHECK(client.leave() == 0);
  CHECK(client.others.empty());
  CHECK(client.log().find("'model' is refused") != std::string::npos);
}

TEST_CASE("what was wrong with config.toml is shown when the client is ready") {
  Client client({.problems = {{Problem::Kind::error, "config.toml, line 2: no"}}});
  client.start();
  CHECK(client.message("window/showMessage").at("params").at("message") ==
        "lemma: config.toml, line 2: no");
}
