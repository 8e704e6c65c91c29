// Values behind "# =>" over the wire: in trusted folders, when asked for or agreed, until the text
// changes.
#include <atomic>

#include "tests/lsp/server/client.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace server_test;
using Background = lsp::server::DebugOptions::Background;

namespace live_values_test {
namespace {

const std::string text = "total = 3\ntotal * 2  # =>\n";

// A test double: every line that ends in "=>" has a value.
class Scripted : public lsp::server::Evaluator {
 public:
  std::vector<size_t> places(const lsp::text::Document& document) const override {
    std::vector<size_t> lines;
    for (size_t i = 0; i < document.line_count(); ++i) {
      if (document.line(i).ends_with("=>")) lines.push_back(i);
    }
    return lines;
  }
  lsp::server::base::Result<lsp::server::Values> evaluate(const lsp::server::Snapshot& document,
                                                          const std::vector<lsp::server::Snapshot>&,
                                                          std::stop_token) override {
    ++runs;
    lsp::server::Values values{{}, problem};
    for (const size_t line : places(*document)) values.values.push_back({line, "6", times});
    return values;
  }
  std::atomic<int> runs = 0;
  std::string problem;
  size_t times = 1;
};

struct Scene {
  support::TemporaryFolder folder;
  std::string uri = "file://" + folder.path("a.py");
  std::shared_ptr<Scripted> evaluator = std::make_shared<Scripted>();
  std::optional<Client> client;

  explicit Scene(bool trusted, Background background = Background::off) {
    Setup setup;
    setup.debug.background = background;
    setup.evaluator = evaluator;
    client.emplace(std::move(setup));
    client->start({{"textDocument", {{"inlineCompletion", json::object()}}},
                   {"general", {{"positionEncodings", {"utf-8"}}}},
                   {"experimental", {{"lemmaTrusted", trusted}}},
                   {"workspace", {{"inlayHint", {{"refreshSupport", true}}}}}});
    client->open(uri, text, 1, "python");
  }
  json execute() {
    return client->call("workspace/executeCommand",
                        {{"command", "lemma.values"}, {"arguments", {uri}}});
  }
  json hints() {
    return client
        ->call("textDocument/inlayHint", {{"textDocument", {{"uri", uri}}},
                                          {"range",
                                           {{"start", {{"line", 0}, {"character", 0}}},
                                            {"end", {{"line", 9}, {"character", 0}}}}}})
        .at("result");
  }
  json lenses() {
    return client->call("textDocument/codeLens", {{"textDocument", {{"uri", uri}}}}).at("result");
  }
};

}  // namespace

TEST_CASE("values stand behind the lines that ask, until the text changes") {
  Scene scene(true);
  REQUIRE(scene.lenses().size() == 1);
  CHECK(scene.lenses()[0].at("command").at("command") == "lemma.values");
  CHECK(scene.hints().empty());
  scene.execute();
  scene.client->message("workspace/inlayHint/refresh");
  const json hints = scene.hints();
  REQUIRE(hints.size() == 1);
  CHECK(hints[0].at("label") == "6");
  CHECK(hints[0].at("position") == json{{"line", 1}, {"character", 15}});
  scene.client->type(scene.uri, 2, 0, 0, "#");
  scene.client->message("workspace/inlayHint/refresh");
  CHECK(scene.hints().empty());
  CHECK(scene.evaluator->runs == 1);  // nothing unasked
}

TEST_CASE("a line that was reached more than once says so") {
  Scene scene(true);
  scene.evaluator->times = 3;
  scene.execute();
  scene.client->message("workspace/inlayHint/refresh");
  CHECK(scene.hints().at(0).at("label") == "6 (the last of 3)");
}

TEST_CASE("how the program ended is shown, with the values that there are") {
  Scene scene(true);
  scene.evaluator->problem = "the program ended with ValueError";
  scene.execute();
  CHECK(scene.client->message("window/showMessage").at("params").at("message") ==
        "lemma: the program ended with ValueError");
  CHECK(scene.hints().size() == 1);
}

TEST_CASE("where nobody trusts the folder nothing runs") {
  for (const Background background : {Background::off, Background::on}) {
    Scene scene(false, background);
    scene.execute();
    const json message = scene.client->message("window/showMessage").at("params").at("message");
    CHECK(message.get<std::string>().find("nothing was run") != std::string::npos);
    scene.client->type(scene.uri, 2, 0, 0, "#");
    std::this_thread::sleep_for(std::chrono::milliseconds(1000));
    CHECK(scene.lenses().empty());
    CHECK(scene.evaluator->runs == 0);
  }
}

TEST_CASE("where that is agreed, values are there once the text is at rest") {
  Scene scene(true, Background::on);
  CHECK(scene.lenses().empty());
  for (int version = 2; version < 6; ++version) scene.client->type(scene.uri, version, 0, 0, "#");
  scene.client->message("workspace/inlayHint/refresh");
  CHECK(scene.hints().size() == 1);
  CHECK(scene.evaluator->runs == 1);
}

TEST_CASE("a document that asks for no value is told how to ask") {
  Scene scene(true);
  scene.client->type(scene.uri, 2, 1, 15, "x");
  CHECK(scene.execute().at("error").at("message").get<std::string>().find("# =>") !=
        std::string::npos);
}

}  // namespace live_values_test
